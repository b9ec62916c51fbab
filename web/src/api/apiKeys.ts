/** Keys of the signed interface. A secret comes once and is kept nowhere: neither in the cache nor in this browser. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answered, http } from "./client";
import type { components } from "./schema";

export type ApiKey = components["schemas"]["ApiKey"];
export type ApiKeySecret = components["schemas"]["ApiKeySecret"];
type ApiKeys = components["schemas"]["ApiKeys"];

const NAME = ["apiKeys"];

export const useApiKeys = () =>
  useQuery({
    queryKey: NAME,
    queryFn: ({ signal }) => answered<ApiKeys>(http.GET("/api/v1/api-keys", { signal }), signal),
    staleTime: 10_000,
  });

export function useKeyActions() {
  const client = useQueryClient();
  const onSettled = () => void client.invalidateQueries({ queryKey: NAME });
  // The answers hold secrets: forget them as soon as nobody looks at them.
  const gcTime = 0;
  const create = useMutation({
    mutationFn: (body: { name: string; scopes: string[] }) => answered<ApiKeySecret>(http.POST("/api/v1/api-keys", { body })),
    onSettled,
    gcTime,
  });
  const rotate = useMutation({
    mutationFn: ({ id, graceSeconds }: { id: string; graceSeconds: number }) =>
      answered<ApiKeySecret>(http.POST("/api/v1/api-keys/{key_id}/rotate", { params: { path: { key_id: id } }, body: { grace_seconds: graceSeconds } })),
    onSettled,
    gcTime,
  });
  const revoke = useMutation({
    mutationFn: (id: string) => answered<ApiKey>(http.DELETE("/api/v1/api-keys/{key_id}", { params: { path: { key_id: id } } })),
    onSettled,
  });
  return { create, rotate, revoke };
}
