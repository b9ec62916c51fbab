/** What a page says about itself. Pages register by being there: the shell collects every `pages/*.page.tsx`. */

import type { ComponentType } from "react";

export interface PageDefinition {
  /** Key of the page; also the namespace of its language files. */
  readonly id: string;
  /** Route path, TanStack syntax: "/runs/$id". */
  readonly path: string;
  readonly component: ComponentType;
  /** Place in the navigation; pages without it are reached by links. */
  readonly nav?: {
    readonly order: number;
    readonly icon: ComponentType<{ size?: number }>;
  };
  /** Page whose navigation entry stays marked while this one is open. */
  readonly under?: string;
}

/** Declare a page. The title and the navigation label are `title` and `nav` in the page's language files. */
export const definePage = (definition: PageDefinition): PageDefinition => definition;
