/** The window of a job in words: days where it consists of whole ones, else moments in UTC. */

import type { JobConfig } from "@/api/cryptoTypes";
import { span } from "@/lib/format";

type Window = Pick<JobConfig, "start" | "end">;

export const DAY_BEGINS = "T00:00:00Z";
export const DAY_ENDS = "T23:59:59Z";

/** From the first second of a day to the last second of one. */
export const isWholeDays = ({ start, end }: Window) => start.endsWith(DAY_BEGINS) && end.endsWith(DAY_ENDS);

/** "2025-03-01T08:00:00Z" as "2025-03-01 08:00"; seconds only where there are any. */
export const utc = (text: string) => `${text.slice(0, 10)} ${text.slice(11, 16)}${/^:(?!00Z)/.test(text.slice(16)) ? text.slice(16).replace("Z", "") : ""}`;

export const spanText = (window: Window) => (isWholeDays(window) ? span(window.start.slice(0, 10), window.end.slice(0, 10)) : `${span(utc(window.start), utc(window.end))} UTC`);
