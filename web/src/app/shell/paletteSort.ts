/** What the palette shows for a question: groups in the order of their best entry, each cut to what fits. */

import { fit } from "@/lib/match";

interface Findable {
  readonly id: string;
  readonly label: string;
  readonly group: string;
  readonly words?: string;
}

export interface Section<T> {
  readonly name: string;
  readonly entries: readonly T[];
}

const AT_REST = 5;
const SEARCHING = 7;

/** `always` are groups shown whole while nothing is asked; the same id twice is shown once. */
export function sections<T extends Findable>(question: string, entries: readonly T[], always: readonly string[], hiddenAtRest: readonly string[]): Section<T>[] {
  const asked = question.trim() !== "";
  const groups = new Map<string, { entry: T; grade: number }[]>();
  const seen = new Set<string>();
  for (const entry of entries) {
    const grade = asked ? fit(question, entry.label, entry.words) : hiddenAtRest.includes(entry.group) ? 0 : 1;
    if (grade === 0 || seen.has(entry.id)) continue;
    seen.add(entry.id);
    groups.set(entry.group, [...(groups.get(entry.group) ?? []), { entry, grade }]);
  }
  const listed = [...groups].map(([name, found]) => {
    const ordered = asked ? found.toSorted((a, b) => b.grade - a.grade) : found;
    const most = asked ? SEARCHING : always.includes(name) ? Infinity : AT_REST;
    return { name, top: ordered[0]?.grade ?? 0, entries: ordered.slice(0, most).map(({ entry }) => entry) };
  });
  return (asked ? listed.toSorted((a, b) => b.top - a.top) : listed).map(({ name, entries: shown }) => ({ name, entries: shown }));
}
