/** On paper the page is light whatever the theme; what is drawn on canvas has to know, style sheets know by themselves. */

import { useSyncExternalStore } from "react";

const SCHEME = "data-mantine-color-scheme";

let scheme: string | null = null;
let printing = false;
const watchers = new Set<() => void>();

function set(next: boolean): void {
  if (printing === next) return;
  const root = document.documentElement;
  if (next) {
    scheme = root.getAttribute(SCHEME);
    root.setAttribute(SCHEME, "light");
  } else if (scheme !== null) root.setAttribute(SCHEME, scheme);
  printing = next;
  for (const watcher of watchers) watcher();
}

window.addEventListener("beforeprint", () => set(true));
window.addEventListener("afterprint", () => set(false));

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

export const usePrinting = (): boolean => useSyncExternalStore(watch, () => printing);
