/** An expression on its way to the research page from somewhere else: the editor, a library, the command palette. */

import { newKey } from "./key";
import { tabMemory } from "./storage";

export interface Handover {
  readonly text: string;
  /** Run it on arrival; otherwise it only waits in the composer. */
  readonly run: boolean;
  /** Key of the submission: a page that is opened twice still runs it once. */
  readonly key: string;
}

const KEY = "handover";
const watchers = new Set<() => void>();

const isHandover = (kept: unknown): kept is Handover =>
  typeof kept === "object" &&
  kept !== null &&
  typeof (kept as Handover).text === "string" &&
  typeof (kept as Handover).run === "boolean" &&
  typeof (kept as Handover).key === "string";

export const handover = {
  /** Leave an expression for the research page; then go there. */
  give: (text: string, run: boolean): void => {
    tabMemory.setJson(KEY, { text, run, key: newKey() } satisfies Handover);
    for (const watcher of watchers) watcher();
  },
  /** What waits; it goes on waiting until it is said to be done. */
  waiting: (): Handover | null => {
    const kept = tabMemory.json<unknown>(KEY);
    return isHandover(kept) ? kept : null;
  },
  /** It runs, or stands in the composer. Something newer that waits is left alone. */
  done: (key: string): void => {
    if (handover.waiting()?.key === key) tabMemory.setJson(KEY, null);
  },
  /** Called when something new waits; the answer stops it. */
  watch: (watcher: () => void): (() => void) => {
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  },
};
