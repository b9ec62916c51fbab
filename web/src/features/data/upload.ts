/** Files on their way to the server. They go on when the reader looks at something else, and only a closed page ends them. */

import { useSyncExternalStore } from "react";

import type { Import } from "@/api/dataTypes";
import { sendFiles, type Picked } from "@/api/imports";

import { bytesOf } from "./files";

export interface Upload {
  readonly files: number;
  readonly size: number;
  /** 0…1 of the bytes that have left. */
  readonly share: number;
  readonly stop: () => void;
}

export type Outcome = { readonly kind: "made"; readonly one: Import } | { readonly kind: "failed"; readonly failure: unknown } | { readonly kind: "stopped" } | { readonly kind: "busy" };

let now: Upload | null = null;
const watchers = new Set<() => void>();

function set(next: Upload | null): void {
  now = next;
  for (const watcher of watchers) watcher();
}

const ask = (event: BeforeUnloadEvent) => event.preventDefault();

/** Send; one at a time. Never throws: the outcome says how it ended. */
export async function startUpload(market: string, files: readonly Picked[]): Promise<Outcome> {
  if (now) return { kind: "busy" };
  const stop = new AbortController();
  set({ files: files.length, size: bytesOf(files), share: 0, stop: () => stop.abort() });
  window.addEventListener("beforeunload", ask);
  try {
    return { kind: "made", one: await sendFiles({ market, files, signal: stop.signal, onShare: (share) => set(now && { ...now, share }) }) };
  } catch (failure) {
    return stop.signal.aborted ? { kind: "stopped" } : { kind: "failed", failure };
  } finally {
    window.removeEventListener("beforeunload", ask);
    set(null);
  }
}

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

export const useUpload = () => useSyncExternalStore(watch, () => now);
export const uploading = () => now;
