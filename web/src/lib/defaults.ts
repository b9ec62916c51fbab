/** Parameters that the reader wants a new test to begin with, per market; what is not chosen follows the market's own defaults. */

import { usePreference } from "./preference";
import { remembered } from "./storage";

export interface ChosenDefaults {
  readonly universe?: string;
  readonly start_date?: string;
  readonly end_date?: string;
  readonly n_groups?: number;
  readonly holding_period?: number;
  readonly benchmark?: string;
  readonly costs?: "flat" | "itemised";
  readonly seal?: boolean;
}

const KEY = "defaults";
const DAY = /^\d{4}-\d\d-\d\d$/;

const whole = (value: unknown, least: number, most: number) => typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;

const RIGHT: { readonly [name in keyof Required<ChosenDefaults>]: (value: unknown) => boolean } = {
  universe: (value) => typeof value === "string" && value.length <= 60,
  start_date: (value) => typeof value === "string" && DAY.test(value),
  end_date: (value) => typeof value === "string" && DAY.test(value),
  n_groups: (value) => whole(value, 2, 20),
  holding_period: (value) => whole(value, 1, 60),
  benchmark: (value) => typeof value === "string" && value.length <= 60,
  costs: (value) => value === "flat" || value === "itemised",
  seal: (value) => typeof value === "boolean",
};

function parse(text: string | null): Record<string, unknown> {
  try {
    const kept: unknown = text === null ? {} : JSON.parse(text);
    return typeof kept === "object" && kept !== null && !Array.isArray(kept) ? (kept as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What was kept for one market, without anything that no form could have written. */
function chosenFrom(text: string | null, market: string): ChosenDefaults {
  const kept = parse(text)[market];
  if (typeof kept !== "object" || kept === null) return {};
  return Object.fromEntries(Object.entries(kept).filter(([name, value]) => name in RIGHT && RIGHT[name as keyof ChosenDefaults](value)));
}

export const defaultsFor = (market: string): ChosenDefaults => chosenFrom(remembered.text(KEY), market);

/** The same for a form: what is chosen, a way to change parts (undefined: the market's own again), and to forget all of it. */
export function useChosenDefaults(market: string): { readonly chosen: ChosenDefaults; readonly change: (part: { [name in keyof ChosenDefaults]?: ChosenDefaults[name] | undefined }) => void; readonly forget: () => void } {
  const [text, set] = usePreference(KEY);
  const chosen = chosenFrom(text, market);
  const write = (next: object) => set(JSON.stringify({ ...parse(text), [market]: next }));
  return { chosen, change: (part) => write({ ...chosen, ...part }), forget: () => write({}) };
}
