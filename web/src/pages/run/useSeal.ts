/** The sealed slice of a result as the charts draw it. */

import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { searchOf, useSealedState } from "@/api/result";
import type { RunResult } from "@/api/types";
import { integer, span } from "@/lib/format";
import type { Seal } from "@/ui/chart/seal";

export function useSeal(id: string, result: RunResult): Seal | null {
  const { t } = useTranslation("run");
  const kept = searchOf(result).sealed;
  const now = useSealedState(id).data;
  return useMemo(() => {
    const from = now?.slice?.first_day ?? kept?.first_day;
    const to = now?.slice?.last_day ?? kept?.last_day;
    if (!from || !to || kept?.state === "none") return null;
    const sessions = now?.slice?.sessions ?? kept?.sessions;
    if (now?.state === "opened" && now.opened) {
      const { at, is_this: mine, number } = now.opened;
      return { state: "opened", from, to, note: [t("opened", { day: at.slice(0, 10), number: number ?? 1 }), mine ? t("openedHere") : t("openedElsewhere")] };
    }
    return { state: "sealed", from, to, note: [t("sealed"), span(from, to), t("sealedDays", { count: Number(sessions ?? 0), value: integer(sessions) }), t("sealedWhen")] };
  }, [now, kept, t]);
}
