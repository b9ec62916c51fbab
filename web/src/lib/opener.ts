/** Something that is opened from anywhere and shown in one place: a dialog with what it was opened for. */

import { useSyncExternalStore } from "react";

export interface Opener<T> {
  readonly open: (value: T) => void;
  readonly close: () => void;
  /** What it is open for; null while it is closed. */
  readonly useValue: () => T | null;
}

export function makeOpener<T>(): Opener<T> {
  let value: T | null = null;
  const watchers = new Set<() => void>();
  const set = (next: T | null) => {
    value = next;
    for (const watcher of [...watchers]) watcher();
  };
  const watch = (watcher: () => void) => {
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  };
  return { open: (next) => set(next), close: () => set(null), useValue: () => useSyncExternalStore(watch, () => value) };
}
