/** Equity with its drawdown, as one card. */

import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { CryptoJob } from "@/api/cryptoTypes";
import { exact, valueOf } from "@/lib/exact";
import { share } from "@/lib/format";
import { Card, type Twin } from "@/ui/Card";
import { Chart } from "@/ui/chart/Chart";
import { Empty } from "@/ui/states";
import type { Tokens } from "@/ui/tokens";

import { equityOf, equityOption } from "./equity";

const HEIGHT = 410;

export function EquityCard({ job }: { job: CryptoJob }) {
  const { t, i18n } = useTranslation("simulation");
  const curve = job.result?.equity_curve;
  const equity = useMemo(() => equityOf(curve ?? []), [curve]);
  const capital = valueOf(job.config.capital);
  const option = useCallback((tokens: Tokens) => equityOption(equity, capital, tokens, i18n.language, t), [equity, capital, i18n.language, t]);
  const table: Twin | undefined = equity.moments.length > 0
    ? {
        columns: [
          { key: "moment", label: t("timeUtc") },
          { key: "equity", label: t("equity"), numeric: true, show: (value) => exact(String(value)) },
          { key: "fall", label: t("drawdown"), numeric: true, show: (value) => share(typeof value === "number" ? value : null, 2) },
        ],
        rows: equity.moments.map((moment, i) => ({ moment, equity: equity.printed[i], fall: equity.falls[i] })),
      }
    : undefined;
  return (
    <Card id="equity" title={t("equityTitle")} caption={t("equityCaption")} legend={[{ label: t("equity"), color: "var(--accent)" }, { label: t("capitalLine"), color: "var(--ctl)" }]} table={table}>
      {equity.moments.length === 0 ? <Empty title={t("noCurve")} height={200}>{t("noCurveText")}</Empty> : <Chart label={t("equityLabel", { count: equity.moments.length })} height={HEIGHT} seal="off" option={option} />}
    </Card>
  );
}
