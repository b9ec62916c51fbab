/** Moments of the server (UTC) as the reader's clock shows them. */

import { MISSING, type Maybe } from "./format";

function dateOf(stamp: Maybe<string>): Date | null {
  if (!stamp) return null;
  const date = new Date(/Z|[+-]\d\d:\d\d$/.test(stamp) ? stamp : `${stamp}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** "2026-11-20 16:31" in a zone by its name; null for what is no moment. */
export function zoned(stamp: Maybe<string>, zone: string | undefined): string | null {
  const date = dateOf(stamp);
  if (!date) return null;
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(date);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")}`;
}

/** The same in the reader's own zone. */
export const localMoment = (stamp: Maybe<string>) => zoned(stamp, undefined);

/** Seconds between two moments; null when one is missing or they are the wrong way round. */
export function secondsBetween(from: Maybe<string>, to: Maybe<string>): number | null {
  const [start, end] = [dateOf(from), dateOf(to)];
  if (!start || !end || end < start) return null;
  return (end.getTime() - start.getTime()) / 1000;
}

/** A span measured by stamps of whole seconds: "3 s", "2 min 5 s" (digits and unit apart, no-break). */
export function wholeSeconds(value: Maybe<number>): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return MISSING;
  const whole = Math.round(value);
  return whole < 90 ? `${whole}\u00a0s` : `${Math.floor(whole / 60)}\u00a0min ${whole % 60}\u00a0s`;
}

/** The day and the time in the viewer's zone; today needs no day. */
export function moment(stamp: Maybe<string>, now = new Date()): string {
  const text = localMoment(stamp);
  if (text === null) return MISSING;
  const today = localMoment(now.toISOString())?.slice(0, 10) ?? "";
  return text.startsWith(today) ? text.slice(11) : text;
}
