/** Signing in by a code, signing out, who we are; and the door of the administration. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { personNow, signedIn, signedOut, useAccess, type Access } from "./access";
import { adminSignedIn, adminSignedOut, useHoldsAdmin } from "./adminDoor";
import { answered, http } from "./client";
import type { components } from "./schema";

export { useAccess, usePerson } from "./access";
export { adminSignedOut, useHoldsAdmin } from "./adminDoor";
export type { Access, Person } from "./access";

export type Me = components["schemas"]["Me"];
type LoggedIn = components["schemas"]["LoggedIn"];

/** The caller as the server knows it; asked again after every sign-in. */
export const useMe = () => {
  const access = useAccess();
  return useQuery({
    queryKey: ["me"],
    queryFn: ({ signal }) => answered<Me>(http.GET("/api/v1/auth/me", { signal }), signal),
    enabled: access === "open" || access === "in",
    staleTime: 300_000,
  });
};

/** Whether the pages of the administration can be used: this machine's own user, or the password was given. */
export function useIsAdmin(): boolean {
  const me = useMe();
  const holds = useHoldsAdmin();
  return holds || me.data?.is_admin === true;
}

/** Seconds for which the code is valid. */
export const useSendCode = () =>
  useMutation({
    mutationFn: async (email: string) => (await answered<{ expires_in: number }>(http.POST("/api/v1/auth/send-code", { body: { email } }))).expires_in,
  });

export const useVerifyCode = () =>
  useMutation({
    mutationFn: async ({ email, code }: { email: string; code: string }) => {
      const found = await answered<LoggedIn>(http.POST("/api/v1/auth/verify-code", { body: { email, code } }));
      signedIn({ access: found.access_token, refresh: found.refresh_token }, { id: found.user.id, email: found.user.email });
      return found.user;
    },
  });

/** Ends every sign-in of this account on every device; this browser forgets it even when the server cannot be reached. */
export const useSignOut = () =>
  useMutation({
    mutationFn: () => answered<{ message: string }>(http.POST("/api/v1/auth/logout")),
    onSettled: () => {
      adminSignedOut();
      if (personNow()) signedOut();
    },
  });

export const useAdminSignIn = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (password: string) => adminSignedIn((await answered<{ token: string }>(http.POST("/api/v1/admin/login", { body: { password } }))).token),
    onSuccess: () => void client.invalidateQueries({ predicate: (query) => query.state.status === "error" || query.queryKey[0] === "admin" }),
  });
};

/** Keeps the cache in step with who is signed in: asked anew after a sign-in, emptied after a sign-out. Mounted once. */
export function useAccountSync(): Access {
  const access = useAccess();
  const client = useQueryClient();
  const before = useRef(access);
  useEffect(() => {
    const was = before.current;
    before.current = access;
    if (was === access) return;
    if (access === "out") client.removeQueries({ predicate: (query) => !["health", "ready"].includes(String(query.queryKey[0])) });
    else if (access === "in" || access === "open") void client.invalidateQueries();
  }, [access, client]);
  return access;
}
