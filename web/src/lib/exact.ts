/** Decimal strings of the server, written without ever becoming binary numbers. */

import { MISSING, type Maybe } from "./format";

const DECIMAL = /^([+-]?)(\d+)(\.\d+)?$/;

/** "-1234.50" as "−1,234.50"; what is no plain decimal stays as it is. */
export function exact(text: Maybe<string>, sign = false): string {
  if (text === null || text === undefined || text === "") return MISSING;
  const [, minus = "", whole = "", fraction = ""] = DECIMAL.exec(text) ?? [];
  if (whole === "") return text;
  const body = whole.replace(/\B(?=(\d{3})+$)/g, ",") + fraction;
  if (minus === "-") return `−${body}`;
  return sign && /[1-9]/.test(body) ? `+${body}` : body;
}

/** The number behind a decimal string, for places on a chart and for sorting; null where there is none. */
export function valueOf(text: Maybe<string>): number | null {
  if (text === null || text === undefined || text === "") return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
