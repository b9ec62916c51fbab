/** Every page there is: a file `pages/<name>.page.tsx` registers by being there. */

import { NAVIGATION_GROUPS, type PageDefinition } from "@/lib/page";

const modules = import.meta.glob<{ default: PageDefinition }>("../pages/*.page.tsx", { eager: true });

export const PAGES: readonly PageDefinition[] = Object.values(modules).map((module) => module.default);

const place = ({ nav }: PageDefinition) => (nav ? NAVIGATION_GROUPS.indexOf(nav.group) * 1000 + nav.order : 0);

export const NAVIGATION = PAGES.filter((page) => page.nav !== undefined).toSorted((a, b) => place(a) - place(b));
