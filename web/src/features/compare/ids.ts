/** Which runs are compared: `ids=a,b` in the address; a candidate of an iteration is `<task>-<index>`. */

import { MOST_COMPARED } from "@/lib/compareSet";

const ID = /^[\w-]{1,80}$/;

/** Read the address. What cannot be an id, a second mention and everything after the sixth are left out. */
export function idsOf(asked: unknown): readonly string[] {
  const parts = Array.isArray(asked) ? asked.map(String) : String(asked ?? "").split(",");
  return [...new Set(parts.map((part) => part.trim()).filter((part) => ID.test(part)))].slice(0, MOST_COMPARED);
}

/** The task that an id belongs to, and which of its candidates it names. */
export function partsOf(id: string): { readonly task: string; readonly candidate: number | null } {
  const match = /^(.+)-(\d{1,4})$/.exec(id);
  return match?.[1] && match[2] ? { task: match[1], candidate: Number(match[2]) } : { task: id, candidate: null };
}

export const LETTERS = ["A", "B", "C", "D", "E", "F"] as const;
export const letterOf = (place: number): string => LETTERS[place] ?? "?";

/** Dash pattern of each place, so that the lines differ without colour: solid, long, dotted, dash-dot, short, long gaps. */
export const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [9, 3, 2, 3], [4, 3], [12, 6]];
