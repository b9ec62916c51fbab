import { MISSING, number, type Maybe } from "./format";

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A size in powers of 1000 as disks are sold: "931 B", "4.2 MB", "270 GB" (digits and unit apart, no-break). */
export function bytes(value: Maybe<number>): string {
  if (typeof value !== "number" || !Number.isFinite(value)) return MISSING;
  let left = Math.abs(value);
  let unit = 0;
  while (left >= 999.5 && unit < UNITS.length - 1) {
    left /= 1000;
    unit += 1;
  }
  return `${number(Math.sign(value) * left, unit > 0 && left < 10 ? 1 : 0)}\u00a0${UNITS[unit] ?? ""}`;
}
