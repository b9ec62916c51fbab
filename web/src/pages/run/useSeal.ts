/** The sealed slice of a result as the charts draw it. */

import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { searchOf, useSealedState } from "@/api/result";
import type { RunResult } from "@/api/types";
import type { Seal } from "@/ui/chart/seal";

import { sealOf } from "./seals";

export function useSeal(id: string, result: RunResult): Seal | null {
  const { t } = useTranslation("run");
  const kept = searchOf(result).sealed;
  const now = useSealedState(id).data;
  return useMemo(() => sealOf(kept, now, (key, values) => t(key, values ?? {})), [kept, now, t]);
}
