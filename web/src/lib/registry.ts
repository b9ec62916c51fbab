/** A list that components add to while they are mounted, and that others watch. */

import { useEffect, useSyncExternalStore } from "react";

export interface Registry<T> {
  /** Everything there is now, in the order of arrival. */
  readonly all: () => readonly T[];
  /** Have these in the list while the component is mounted. They must keep their identity while nothing changes. */
  readonly useEntries: (entries: readonly T[]) => void;
  /** The list, kept fresh. */
  readonly useAll: () => readonly T[];
}

export function makeRegistry<T>(): Registry<T> {
  let list: readonly T[] = [];
  const watchers = new Set<() => void>();
  const set = (next: readonly T[]) => {
    list = next;
    for (const watcher of watchers) watcher();
  };
  const watch = (watcher: () => void) => {
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  };
  const all = () => list;
  return {
    all,
    useEntries: (entries) =>
      useEffect(() => {
        set([...list, ...entries]);
        return () => set(list.filter((entry) => !entries.includes(entry)));
      }, [entries]),
    useAll: () => useSyncExternalStore(watch, all),
  };
}
