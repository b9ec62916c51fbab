/** Sessions by age: today, the last seven days, earlier; and those whose deletion can still be taken back. */

import type { Session } from "@/api/sessions";

export const AGES = ["today", "week", "earlier"] as const;
export type Age = (typeof AGES)[number];

const DAY_MS = 86_400_000;

const millis = (stamp: string) => Date.parse(/Z|[+-]\d\d:\d\d$/.test(stamp) ? stamp : `${stamp}Z`);

/** Days are those of the reader's clock. */
export function ageOf(stamp: string, now: Date): Age {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const at = millis(stamp);
  if (!(at < midnight)) return "today";
  return at >= midnight - 7 * DAY_MS ? "week" : "earlier";
}

/** The groups that are not empty, in their order; within each the session changed last comes first. */
export function byAge(sessions: readonly Session[], now: Date): { age: Age; sessions: Session[] }[] {
  const sorted = sessions.toSorted((a, b) => millis(b.updated_at) - millis(a.updated_at));
  return AGES.map((age) => ({ age, sessions: sorted.filter((one) => ageOf(one.updated_at, now) === age) })).filter((group) => group.sessions.length > 0);
}
