/** Pages that are laid out for paper: for a printing, or while a page is looked at as it would be printed. */

import { useSyncExternalStore } from "react";

const root = document.documentElement;
const watchers = new Set<() => void>();
const resizers = new Set<() => void>();
let shown = false;
let printing = false;

function lay(): void {
  if (shown || printing) root.dataset["paper"] = "";
  else delete root.dataset["paper"];
  for (const watcher of watchers) watcher();
  // The sheet is laid out with these very widths, so a chart can take its size before the sheet is made.
  for (const resize of resizers) resize();
}

window.addEventListener("beforeprint", () => {
  printing = true;
  lay();
});
window.addEventListener("afterprint", () => {
  printing = false;
  lay();
});

/** Lay the page out as paper on the screen. */
export function showPaper(next: boolean): void {
  shown = next;
  lay();
}

/** Called when the layout changes between screen and paper; the answer ends it. */
export function onPaper(resize: () => void): () => void {
  resizers.add(resize);
  return () => void resizers.delete(resize);
}

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

export const usePaper = (): boolean => useSyncExternalStore(watch, () => shown || printing);
