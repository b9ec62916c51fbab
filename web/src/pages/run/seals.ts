/** What the charts draw of the slice at the end of the span, by what is known of it. */

import type { SealedState, Search } from "@/api/result";
import { integer, span } from "@/lib/format";
import type { Seal } from "@/ui/chart/seal";

type Translate = (key: string, values?: Record<string, unknown>) => string;

/**
 * `kept` is what the result says of itself, `now` what the lineage says since. A run that went over the whole span has no
 * closed slice: its curve runs through, and nothing is drawn over it.
 */
export function sealOf(kept: Search["sealed"], now: SealedState | undefined, t: Translate): Seal | null {
  const state = now?.state ?? (kept?.state === "sealed" ? "sealed" : "none");
  const from = now?.slice?.first_day ?? kept?.first_day;
  const to = now?.slice?.last_day ?? kept?.last_day;
  // What a run saw for itself cannot be closed, whatever happened to its lineage later.
  if (!from || !to || kept?.state !== "sealed" || state === "none" || state === "seen") return null;
  if (state === "opened" && now?.opened) {
    const { at, is_this: mine, number } = now.opened;
    return { state: "opened", from, to, note: [t("opened", { day: at.slice(0, 10), number: number ?? 1 }), mine ? t("openedHere") : t("openedElsewhere")] };
  }
  const sessions = now?.slice?.sessions ?? kept.sessions;
  const days = [span(from, to), t("sealedDays", { count: Number(sessions ?? 0), value: integer(sessions) })];
  if (state === "opening") return { state: "sealed", from, to, note: [t("opening"), ...days] };
  if (state === "failed") return { state: "sealed", from, to, note: [t("openingFailed"), ...days] };
  return { state: "sealed", from, to, note: [t("sealed"), ...days, t("sealedWhen")] };
}
