/** Keys that do something. A component declares them with `shortcuts.useEntries`; the shell listens and lists them under "?". */

import { makeRegistry } from "./registry";

export interface Shortcut {
  /** "g r" is g, then r; "Ctrl+K" is held together (Command counts as Ctrl); names are those of KeyboardEvent.key. */
  readonly keys: string;
  /** What it does, in the language of the page. Entries with the same label share a line of the list. */
  readonly label: string;
  readonly run: () => void;
  /** Also while something is typed. Only keys with Ctrl or Alt may say so. */
  readonly whileTyping?: boolean;
  /** Also while a dialog is open; meant for what stands in that dialog. */
  readonly inDialog?: boolean;
}

/** The newest entry for a key wins. */
export const shortcuts = makeRegistry<Shortcut>();

type Press = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

const MODIFIERS = ["Ctrl", "Alt", "Shift"];
const MEANT: Record<string, string> = { Escape: "Esc", " ": "Space", Meta: "", Control: "", Alt: "", Shift: "", AltGraph: "", CapsLock: "" };

/** One press as it is written in `Shortcut.keys`; empty for a modifier alone. */
export function chordOf(press: Press): string {
  const named = MEANT[press.key] ?? press.key;
  if (named === "") return "";
  const held = press.ctrlKey || press.metaKey || press.altKey;
  // With Alt some systems type another character; the key itself is what is meant.
  const key = press.altKey && /^Key[A-Z]$/.test(press.code) ? press.code.slice(3) : named;
  // "?" and "L" say themselves that Shift is held.
  const shift = press.shiftKey && (held || key.length > 1);
  return [press.ctrlKey || press.metaKey ? "Ctrl" : "", press.altKey ? "Alt" : "", shift ? "Shift" : "", held && key.length === 1 ? key.toUpperCase() : key].filter(Boolean).join("+");
}

/** A declared chord in the same spelling. */
function tidy(chord: string): string {
  const parts = chord.split(/\+(?=.)/);
  const key = parts.at(-1) ?? "";
  const held = MODIFIERS.filter((name) => parts.slice(0, -1).includes(name));
  const strong = held.includes("Ctrl") || held.includes("Alt");
  return [...held, strong && key.length === 1 ? key.toUpperCase() : (MEANT[key] ?? key)].join("+");
}

export const chordsOf = (keys: string): string[] => keys.split(" ").filter(Boolean).map(tidy);

/** What a row of presses means: an entry, the start of one, or nothing. */
export function meaning(entries: readonly Shortcut[], presses: readonly string[]): Shortcut | "begun" | null {
  let begun = false;
  for (const entry of entries.toReversed()) {
    const chords = chordsOf(entry.keys);
    if (presses.some((press, i) => chords[i] !== press)) continue;
    if (chords.length === presses.length) return entry;
    begun = true;
  }
  return begun ? "begun" : null;
}

const TEXTLESS = new Set(["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"]);

/** Whether keys that go to this element are somebody's text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !TEXTLESS.has(target.type);
}
