/** How numbers, dates and spans are written. Nothing else in the app formats a number. */

export type Maybe<T> = T | null | undefined;

/** What stands in place of a number that does not exist. */
export const MISSING = "—";
const MINUS = "−";

const isNumber = (value: Maybe<number>): value is number => typeof value === "number" && Number.isFinite(value);

function grouped(value: number, digits: number): string {
  const [whole = "0", fraction] = Math.abs(value).toFixed(digits).split(".");
  const body = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction ? `.${fraction}` : "");
  const isZero = Number(Math.abs(value).toFixed(digits)) === 0;
  return value < 0 && !isZero ? MINUS + body : body;
}

/** A plain number with a real minus sign. */
export function number(value: Maybe<number>, digits = 2): string {
  return isNumber(value) ? grouped(value, digits) : MISSING;
}

/** A number that is a return or a difference: the plus sign is written. */
export function signed(value: Maybe<number>, digits = 2): string {
  if (!isNumber(value)) return MISSING;
  const text = grouped(value, digits);
  return value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${text}` : text;
}

/** A fraction as per cent, unsigned: shares, turnover, volatility. */
export function share(value: Maybe<number>, digits = 1): string {
  return isNumber(value) ? `${grouped(value * 100, digits)}%` : MISSING;
}

/** A return as per cent, signed. */
export function percent(value: Maybe<number>, digits = 1): string {
  return isNumber(value) ? `${signed(value * 100, digits)}%` : MISSING;
}

export const nav = (value: Maybe<number>) => number(value, 4);
export const ic = (value: Maybe<number>, digits = 4) => number(value, digits);
export const score = (value: Maybe<number>) => number(value, 1);
export const integer = (value: Maybe<number>) => number(value, 0);

/** A p value: three digits, never a bare 0. */
export function pValue(value: Maybe<number>): string {
  if (!isNumber(value)) return MISSING;
  return value < 0.001 ? "< 0.001" : value.toFixed(3);
}

/** "p = 0.041" or "p < 0.001". */
export function pClause(value: Maybe<number>): string {
  if (!isNumber(value)) return `p ${MISSING}`;
  return value < 0.001 ? "p < 0.001" : `p = ${value.toFixed(3)}`;
}

/** "59.8–72.4": a statistical interval. */
export function interval(low: Maybe<number>, high: Maybe<number>, digits = 1): string {
  return isNumber(low) && isNumber(high) ? `${number(low, digits)}–${number(high, digits)}` : MISSING;
}

/** "2021-01-04 → 2025-12-31": a span of days. */
export function span(from: Maybe<string>, to: Maybe<string>): string {
  return `${from ?? MISSING} → ${to ?? MISSING}`;
}

/** Seconds as "2.3 ms", "0.58 s", "12.4 s" or "2 min 5 s" (digits and unit apart, no-break). */
export function seconds(value: Maybe<number>): string {
  if (!isNumber(value)) return MISSING;
  if (value > 0 && value < 0.01) return `${(value * 1000).toFixed(1)}\u00a0ms`;
  if (value < 10) return `${value.toFixed(2)}\u00a0s`;
  if (value < 90) return `${value.toFixed(1)}\u00a0s`;
  return `${Math.floor(value / 60)}\u00a0min ${Math.round(value % 60)}\u00a0s`;
}

/** The weekday of an ISO day in the reader's language, computed in UTC so that no zone can shift it. */
export function weekday(day: string, language: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return "";
  return new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" }).format(date);
}

/** Wall-clock time of a UTC stamp in the viewer's zone. */
export function clockTime(stamp: Maybe<string>): string {
  if (!stamp) return MISSING;
  const date = new Date(/Z|[+-]\d\d:\d\d$/.test(stamp) ? stamp : `${stamp}Z`);
  if (Number.isNaN(date.getTime())) return MISSING;
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Red or green only for price direction; nothing for zero and missing. */
export function direction(value: Maybe<number>): "up" | "down" | undefined {
  if (!isNumber(value) || value === 0) return undefined;
  return value > 0 ? "up" : "down";
}

/** An amount of yuan: 万 and 亿 in Chinese, k, M and bn in English. */
export function money(value: Maybe<number>, language: string): string {
  if (!isNumber(value)) return MISSING;
  const steps: readonly (readonly [number, string])[] = language.startsWith("en") ? [[1e9, "bn"], [1e6, "M"], [1e3, "k"]] : [[1e8, "亿"], [1e4, "万"]];
  const [size, unit] = steps.find(([least]) => Math.abs(value) >= least) ?? [1, ""];
  const shown = value / size;
  return `${number(shown, size === 1 ? 0 : Math.abs(shown) >= 100 ? 0 : Math.abs(shown) >= 10 ? 1 : 2)}${unit}`;
}

/** Round limits for an axis: never cut so that noise looks big, always at round numbers. */
export function roundLimits(low: number, high: number, parts = 4): { min: number; max: number; step: number } {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { min: 0, max: 1, step: 0.25 };
  const width = high - low || Math.abs(high) || 1;
  const raw = width / parts;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((factor) => factor * magnitude >= raw * 0.999) ?? 10) * magnitude;
  const tidy = (value: number) => Number(value.toPrecision(12));
  return { min: tidy(Math.floor(low / step) * step), max: tidy(Math.ceil(high / step) * step), step: tidy(step) };
}

const VENDOR_CODE = /^(sh|sz|bj)\.(\d{6})$/i;

/** A code the one way it is shown: "sh.600273", as results write it, reads "600273.SH". Anything else stays as it is. */
export function stockCode(value: Maybe<string>): string {
  const [, exchange, digits] = VENDOR_CODE.exec(value ?? "") ?? [];
  return exchange !== undefined && digits !== undefined ? `${digits}.${exchange.toUpperCase()}` : (value ?? MISSING);
}
