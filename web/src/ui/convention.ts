/** Which colours rises and falls wear: red up (the mainland's way), green up, or blue up for eyes that confuse red and green. */

import { useSyncExternalStore } from "react";

import { remembered } from "@/lib/storage";

export const CONVENTIONS = ["red", "green", "blue"] as const;
export type Convention = (typeof CONVENTIONS)[number];

const KEY = "convention";
const known = (value: string | null | undefined): Convention => CONVENTIONS.find((one) => one === value) ?? "red";

const watchers = new Set<() => void>();
const shown = () => known(document.documentElement.dataset["rise"]);

function show(convention: Convention): void {
  document.documentElement.dataset["rise"] = convention;
  for (const watcher of watchers) watcher();
}

show(known(remembered.text(KEY)));
window.addEventListener("storage", (event) => {
  if (event.key === `quantgpt.${KEY}`) show(known(event.newValue));
});

function choose(convention: Convention): void {
  remembered.setText(KEY, convention);
  show(convention);
}

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

/** The convention in force, and a way to choose another; every tab follows. */
export function useConvention(): readonly [Convention, (convention: Convention) => void] {
  return [useSyncExternalStore(watch, shown), choose] as const;
}
