/** Short messages about things that happened elsewhere. What concerns the field in front of you is said at the field. */

import { useSyncExternalStore } from "react";

export type Tone = "success" | "warning" | "error";

export interface Toast {
  readonly id: number;
  readonly tone: Tone;
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** Milliseconds it stays; null until it is closed. */
  readonly stays: number | null;
}

const STAYS: Record<Tone, number | null> = { success: 3000, warning: 5000, error: null };

let list: readonly Toast[] = [];
let last = 0;
const watchers = new Set<() => void>();

function set(next: readonly Toast[]): void {
  list = next;
  for (const watcher of watchers) watcher();
}

/** Say something; the answer closes it again. */
export function toast(tone: Tone, text: string, more: { action?: Toast["action"]; stays?: number } = {}): () => void {
  const id = ++last;
  const close = () => set(list.filter((one) => one.id !== id));
  const stays = more.stays ?? STAYS[tone];
  set([...list, { id, tone, text, stays, ...(more.action ? { action: more.action } : {}) }]);
  if (stays !== null) setTimeout(close, stays);
  return close;
}

export const closeToast = (id: number) => set(list.filter((one) => one.id !== id));

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

export const useToasts = () => useSyncExternalStore(watch, () => list);
