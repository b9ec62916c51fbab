/** The pages of the navigation as this person sees them, and which of them is open. */

import { useRouterState } from "@tanstack/react-router";
import { useMemo } from "react";

import { useIsAdmin } from "@/api/auth";
import { NAVIGATION_GROUPS, type NavigationGroup, type PageDefinition } from "@/lib/page";

import { NAVIGATION, PAGES } from "../pages";

export interface Group {
  readonly name: NavigationGroup;
  readonly pages: readonly PageDefinition[];
}

function matches(path: string, pathname: string): boolean {
  const pattern = path.replace(/\$\w+/g, "[^/]+");
  return new RegExp(`^${pattern}/?$`).test(pathname);
}

/** The second key of "g …" for each page. */
const LETTERS: Record<string, string> = { research: "r", compare: "c", factors: "f", data: "d", jobs: "j", editor: "e", settings: "s", help: "h", admin: "a", crypto: "b" };

export const goKeys = (page: PageDefinition): string | undefined => (LETTERS[page.id] ? `g ${LETTERS[page.id]}` : undefined);

/** Pages at hand on a phone; the others are under "more". */
const AT_HAND = ["research", "compare", "factors", "data"];
export const isAtHand = (page: PageDefinition) => AT_HAND.includes(page.id);

/** Pages without a place in the navigation that can be opened without knowing more. */
export const FURTHER = PAGES.filter((page) => page.nav === undefined && !page.path.includes("$") && page.id !== "login");

export function useNavigation(): { readonly pages: readonly PageDefinition[]; readonly groups: readonly Group[]; readonly here: string | undefined; readonly open: PageDefinition | undefined } {
  const admin = useIsAdmin();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const open = PAGES.find((page) => matches(page.path, pathname));
  const pages = useMemo(() => NAVIGATION.filter((page) => admin || page.admin !== true), [admin]);
  const groups = NAVIGATION_GROUPS.map((name) => ({ name, pages: pages.filter((page) => page.nav?.group === name) })).filter((group) => group.pages.length > 0);
  return { pages, groups, here: open?.under ?? open?.id, open };
}
