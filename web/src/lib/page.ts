/** What a page says about itself. Pages register by being there: the shell collects every `pages/*.page.tsx`. */

import type { ComponentType } from "react";

/** Groups of the navigation, in their order; `foot` stands at its end. */
export const NAVIGATION_GROUPS = ["research", "data", "models", "trading", "foot"] as const;
export type NavigationGroup = (typeof NAVIGATION_GROUPS)[number];

export interface PageDefinition {
  /** Key of the page; also the namespace of its language files. */
  readonly id: string;
  /** Route path, TanStack syntax: "/runs/$id". */
  readonly path: string;
  readonly component: ComponentType;
  /** Place in the navigation; pages without it are reached by links. */
  readonly nav?: {
    readonly group: NavigationGroup;
    /** Place within the group. */
    readonly order: number;
    readonly icon: ComponentType<{ size?: number }>;
  };
  /** Page whose navigation entry stays marked while this one is open. */
  readonly under?: string;
  /** Only for administrators (in local mode everybody is one). */
  readonly admin?: boolean;
}

/** Declare a page. The title and the navigation label are `title` and `nav` in the page's language files. */
export const definePage = (definition: PageDefinition): PageDefinition => definition;
