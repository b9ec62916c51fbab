/** What the top bar and the browser tab say about the open page. */

import { createContext, useContext, useEffect } from "react";

export interface Heading {
  readonly title: string;
  /** Crumbs before the title. */
  readonly trail?: readonly { label: string; to: string }[];
  /** Progress of what runs on the page, 0…100; shown in the browser tab. */
  readonly percent?: number | null;
  /** Shown in front of the title on phones: the way back. */
  readonly back?: string;
}

export const HeadingContext = createContext<(heading: Heading) => void>(() => undefined);

export function useHeading(heading: Heading): void {
  const set = useContext(HeadingContext);
  const { title, percent, back } = heading;
  const trail = JSON.stringify(heading.trail ?? []);
  useEffect(() => {
    set({ title, percent: percent ?? null, trail: JSON.parse(trail) as { label: string; to: string }[], ...(back ? { back } : {}) });
  }, [set, title, percent, trail, back]);
}
