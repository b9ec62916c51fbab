/** Keys that do something. A component declares them with `shortcuts.useEntries`; the shell listens and lists them under "?". */

import { makeRegistry } from "./registry";

export interface Shortcut {
  /** "g r" is g, then r; "Ctrl+K" is held together (Command counts as Ctrl); names are those of KeyboardEvent.key. */
  readonly keys: string;
  /** What it does, in the language of the page. */
  readonly label: string;
  readonly run: () => void;
  /** Also while something is typed. Only keys with Ctrl or Alt may say so. */
  readonly whileTyping?: boolean;
}

/** The newest entry for a key wins. */
export const shortcuts = makeRegistry<Shortcut>();
