/** Sessions that are about to be deleted. They are gone from sight at once and from the server after a time for an undo. */

import { useSyncExternalStore } from "react";

export const UNDO_MS = 8_000;

interface Pending {
  readonly carryOut: () => Promise<unknown>;
  readonly timer: ReturnType<typeof setTimeout>;
  /** The server has been asked; too late for an undo. */
  readonly begun?: boolean;
}

const pending = new Map<string, Pending>();
const watchers = new Set<() => void>();
let ids: readonly string[] = [];

function changed(): void {
  ids = [...pending.keys()];
  for (const watcher of watchers) watcher();
}

/** Stays out of sight until the deletion is answered, so that the session does not flash up again. */
function finish(id: string): void {
  const one = pending.get(id);
  if (!one || one.begun) return;
  clearTimeout(one.timer);
  pending.set(id, { ...one, begun: true });
  void one.carryOut().finally(() => {
    pending.delete(id);
    changed();
  });
}

// Whoever closes the page has not taken it back.
window.addEventListener("pagehide", () => {
  for (const id of pending.keys()) finish(id);
});

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

export const deletions = {
  all: () => ids,
  begin: (id: string, carryOut: () => Promise<unknown>) => {
    if (pending.has(id)) return;
    pending.set(id, { carryOut, timer: setTimeout(() => finish(id), UNDO_MS) });
    changed();
  },
  undo: (id: string) => {
    const one = pending.get(id);
    if (!one || one.begun) return;
    clearTimeout(one.timer);
    pending.delete(id);
    changed();
  },
  useAll: () => useSyncExternalStore(watch, deletions.all),
};
