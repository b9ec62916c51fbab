/** Every page there is: a file `pages/<name>.page.tsx` registers by being there. */

import type { PageDefinition } from "@/lib/page";

const modules = import.meta.glob<{ default: PageDefinition }>("../pages/*.page.tsx", { eager: true });

export const PAGES: readonly PageDefinition[] = Object.values(modules).map((module) => module.default);

export const NAVIGATION = PAGES.filter((page) => page.nav !== undefined).toSorted((a, b) => (a.nav?.order ?? 0) - (b.nav?.order ?? 0));
