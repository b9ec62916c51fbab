/** Returns by month and by year. */

import { useTranslation } from "react-i18next";

import { useSeries } from "@/api/result";
import { column, labels } from "@/api/types";
import * as format from "@/lib/format";
import { useConvention } from "@/ui/convention";
import { DataTable } from "@/ui/DataTable";
import { MonthHeat } from "@/ui/Figures";

import { SeriesCard } from "./ChartCard";
import { useSealedMonths } from "./sealedMonths";
import { twinOf } from "./twin";

export function MonthsCard({ task, benchmark }: { task: string; benchmark: string }) {
  const { t } = useTranslation(["result", "words"]);
  const yearly = useSeries(task, "yearly");
  const sealedMonths = useSealedMonths();
  const [convention] = useConvention();
  return (
    <SeriesCard
      task={task}
      series="monthly_returns"
      title={t("months")}
      caption={t(`monthsCaption_${convention}`)}
      height={180}
      indexLabel={t("month")}
      columns={[
        { key: "strategy", label: t("words:strategy"), show: (value) => format.percent(value, 2) },
        { key: "benchmark", label: benchmark, show: (value) => format.percent(value, 2) },
        { key: "days", label: t("days") },
      ]}
    >
      {(data) => {
        const months = labels(data);
        const [own, bench, days] = [column(data, "strategy"), column(data, "benchmark"), column(data, "days")];
        const years = new Map<string, number | null>(months.map((month) => [month.slice(0, 4), null]));
        if (yearly.data) {
          const values = column(yearly.data, "strategy");
          labels(yearly.data).forEach((year, i) => years.set(year, values[i] ?? null));
        }
        const at = new Map(months.map((month, i) => [month, i]));
        return (
          <MonthHeat
            label={t("months")}
            months={new Map(months.map((month, i) => [month, own[i] ?? null]))}
            totals={years}
            cap={0.1}
            sealed={sealedMonths}
            palette="price"
            show={(value) => format.signed(value * 100, 1)}
            hint={(month) => {
              const i = at.get(month) ?? -1;
              const excess = typeof own[i] === "number" && typeof bench[i] === "number" ? (own[i] as number) - (bench[i] as number) : null;
              return t("monthHint", { month, own: format.percent(own[i], 2), bench: format.percent(bench[i], 2), excess: format.percent(excess, 2), days: format.integer(days[i]) });
            }}
          />
        );
      }}
    </SeriesCard>
  );
}

export function YearsCard({ task, benchmark }: { task: string; benchmark: string }) {
  const { t } = useTranslation(["result", "words"]);
  const tone = (value: unknown) => (typeof value === "number" ? format.direction(value) : undefined);
  return (
    <SeriesCard
      task={task}
      series="yearly"
      title={t("years")}
      height={160}
      flush
      indexLabel={t("year")}
      columns={[
        { key: "strategy", label: t("words:strategy"), show: (value) => format.percent(value) },
        { key: "benchmark", label: benchmark, show: (value) => format.percent(value) },
        { key: "sharpe", label: t("words:sharpe"), show: (value) => format.number(value) },
        { key: "max_drawdown", label: t("words:max_drawdown"), show: (value) => format.share(value) },
        { key: "turnover", label: t("words:turnover"), show: (value) => format.share(value) },
        { key: "days", label: t("days"), show: format.integer },
      ]}
    >
      {(data) => {
        const twin = twinOf(data, t("year"), [
          { key: "strategy", label: t("words:strategy"), show: (value) => format.percent(value) },
          { key: "benchmark", label: benchmark, show: (value) => format.percent(value) },
          { key: "sharpe", label: t("words:sharpe"), show: (value) => format.number(value) },
          { key: "max_drawdown", label: t("words:max_drawdown"), show: (value) => format.share(value) },
          { key: "turnover", label: t("words:turnover"), show: (value) => format.share(value) },
          { key: "days", label: t("days"), show: format.integer },
        ]);
        if (!twin) return null;
        const columns = twin.columns.map((one) =>
          one.key === "strategy" || one.key === "benchmark" ? { ...one, show: (value: unknown) => <span className={tone(value)}>{typeof value === "number" ? format.percent(value) : format.MISSING}</span> } : one,
        );
        return <DataTable label={t("years")} columns={columns} rows={twin.rows} />;
      }}
    </SeriesCard>
  );
}
