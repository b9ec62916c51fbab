/** Shows the page to whoever is let in, and the sign-in in its place to whoever is not: the address stays, and opens afterwards. */

import { useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { useAccountSync } from "@/api/auth";

import { SignInPanel } from "./SignInPanel";

/** Pages with a door of their own. */
const OWN_DOOR = /^\/(admin|login)\/?$/;

export function AccountGate({ children }: { children: ReactNode }) {
  const access = useAccountSync();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  if (access === "out" && !OWN_DOOR.test(pathname)) return <SignInPanel waiting />;
  return <>{children}</>;
}
