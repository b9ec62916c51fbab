/** Places that the server names in a text, and what one press can put there. */

export interface Fault {
  readonly code: string;
  readonly start: number;
  readonly end: number;
  readonly nearest?: unknown;
}

export interface Change {
  readonly from: number;
  readonly to: number;
  readonly by: string;
}

/** The server counts characters; JavaScript counts UTF-16 units, two for a character beyond the first plane. */
export function unitsOf(text: string, characters: number): number {
  let at = 0;
  for (let left = characters; left > 0 && at < text.length; left -= 1) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}

/** The span of a fault in the text, at least one character wide where the text has one. */
export function spanOf(text: string, fault: Pick<Fault, "start" | "end">): { from: number; to: number } {
  const start = unitsOf(text, fault.start);
  const end = Math.max(start, unitsOf(text, fault.end));
  if (end > start) return { from: start, to: end };
  if (start < text.length) return { from: start, to: unitsOf(text, fault.start + 1) };
  const last = text.trimEnd().length;
  return { from: Math.max(0, last - 1), to: last };
}

const WORD = /^\$?[\w.]+$/;
const CALL = /^[\w.]+\((?!x\))[\w., ]*\)$/;
const SIGN = /^[-+*/^<>=!]{1,2}$|^not$/;

/** The change that mends a fault, when the nearest valid thing can simply stand in its place. */
export function mendOf(text: string, fault: Fault): Change | null {
  const near = fault.nearest === null || fault.nearest === undefined ? "" : String(fault.nearest);
  const from = unitsOf(text, fault.start);
  const to = unitsOf(text, fault.end);
  if (to <= from) return null;
  if (fault.code === "character") {
    if (text[from] === "$" && WORD.test(near)) return { from, to, by: "" };
    return near.length === 1 ? { from, to, by: near } : null;
  }
  const fits =
    fault.code === "operator" ? SIGN.test(near) :
    fault.code === "unknown_column" ? WORD.test(near) || CALL.test(near) :
    ["unknown_function", "window", "missing_field"].includes(fault.code) && WORD.test(near);
  return fits ? { from, to, by: near } : null;
}

/** The text stops before it is complete; that is not a mistake yet. */
export function isUnfinished(text: string, fault: Fault): boolean {
  const from = unitsOf(text, fault.start);
  if (fault.code === "syntax") return from >= text.trimEnd().length;
  return fault.code === "brackets" && text[from] === "(";
}

export const applied = (text: string, { from, to, by }: Change): string => text.slice(0, from) + by + text.slice(to);
