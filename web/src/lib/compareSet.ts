/** The runs chosen for comparison, at most six; they survive a reload and are the same in every tab. */

import { useSyncExternalStore } from "react";

import { remembered } from "./storage";

export const MOST_COMPARED = 6;
const KEY = "compare";
const ID = /^[\w-]{1,80}$/;

const read = (): readonly string[] => {
  const kept = remembered.json<unknown>(KEY);
  return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === "string" && ID.test(id)).slice(0, MOST_COMPARED) : [];
};

let list: readonly string[] | null = null;
const watchers = new Set<() => void>();
const now = () => (list ??= read());

function set(next: readonly string[]): void {
  list = next;
  remembered.setJson(KEY, next);
  for (const watcher of watchers) watcher();
}

window.addEventListener("storage", (event) => {
  if (event.key !== `quantgpt.${KEY}`) return;
  list = read();
  for (const watcher of watchers) watcher();
});

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

export const compareSet = {
  all: now,
  has: (id: string) => now().includes(id),
  full: () => now().length >= MOST_COMPARED,
  /** Put a run in or take it out; false when there is no room. A candidate of an iteration is `<task id>-<index>`. */
  toggle: (id: string): boolean => {
    if (now().includes(id)) set(now().filter((other) => other !== id));
    else if (now().length >= MOST_COMPARED) return false;
    else set([...now(), id]);
    return true;
  },
  clear: () => set([]),
  useAll: () => useSyncExternalStore(watch, now),
};
