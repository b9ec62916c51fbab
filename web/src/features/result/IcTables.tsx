/** The figures, the years and the months of the IC tab. */

import { useTranslation } from "react-i18next";

import { searchOf, useSeries } from "@/api/result";
import { column, labels, type RunResult, type SeriesTable } from "@/api/types";
import * as format from "@/lib/format";
import { DataTable, type Column, type Row } from "@/ui/DataTable";
import { MonthHeat, Tiles, type TileItem } from "@/ui/Figures";
import { LockIcon } from "@/ui/icons";
import { Metric } from "@/ui/Metric";

import css from "./Result.module.css";
import { useSealedMonths } from "./sealedMonths";

/** A last year below this share of the mean is worth a word. */
const LOW = 0.7;

export function IcTiles({ result, task }: { result: RunResult; task: string }) {
  const { t } = useTranslation(["result", "words"]);
  const yearly = useSeries(task, "yearly");
  const summary = result.backtest_summary;
  const read = (key: string) => (typeof summary[key] === "number" ? (summary[key] as number) : null);
  const ci = summary.rank_ic_ci95;
  const half = ci && ci[0] !== null && ci[1] !== null ? (ci[1] - ci[0]) / 2 : null;
  const placebo = result.anti_overfit?.tests.find((test) => test.code === "placebo" || test.name === "安慰剂检验");
  const permutations = placebo?.details["n_permutations"];
  const years = yearly.data ? labels(yearly.data) : [];
  const lastYear = years[years.length - 1];
  const lastIc = yearly.data ? (column(yearly.data, "rank_ic")[years.length - 1] ?? null) : null;
  const mean = read("rank_ic_mean");
  const drop = mean !== null && mean > 0 && lastIc !== null && lastIc < mean * LOW ? 1 - lastIc / mean : null;
  const items: TileItem[] = [
    { label: t("rankIcMean"), metric: "rank_ic", value: format.ic(mean), note: half === null ? undefined : t("words:ci_half", { value: format.ic(half) }) },
    { label: t("words:t_hac"), metric: "t_hac", value: format.number(read("rank_ic_t_hac")), note: t("twoSided", { clause: format.pClause(read("rank_ic_p_hac")) }) },
    { label: t("permutationP"), metric: "permutation_p", value: format.pValue(typeof placebo?.p === "number" ? placebo.p : null), note: typeof permutations === "number" ? t("permutations", { count: permutations }) : undefined },
    { label: t("icirShort"), metric: "icir", value: format.number(read("rank_ic_ir") ?? read("ic_ir")), note: t("annual", { value: format.number(read("icir_annual")) }) },
    { label: t("positive"), metric: "positive_share", value: format.share(read("rank_ic_win_rate") ?? read("ic_win_rate")), note: t("icDays", { count: read("n_ic_dates") ?? 0, value: format.integer(read("n_ic_dates")) }) },
    { label: t("pearson"), metric: "ic", value: format.ic(read("ic_mean")), note: t("tValue", { value: format.number(read("ic_t_hac")) }) },
    ...(lastYear ? [{ label: t("yearOf", { year: lastYear }), value: format.ic(lastIc), note: drop === null ? t("wholeRange", { value: format.ic(mean) }) : <span className={css["low"]}>{t("belowMean", { value: format.share(drop, 0) })}</span> }] : []),
  ];
  return (
    <div className={css["tiles"]}>
      <Tiles items={items} />
    </div>
  );
}

/** Days with an IC in each year, of those that the months count; the sessions of the portfolio are more. */
export function daysByYear(months: SeriesTable): ReadonlyMap<string, number> {
  const days = column(months, "days");
  const years = new Map<string, number>();
  labels(months).forEach((month, i) => years.set(month.slice(0, 4), (years.get(month.slice(0, 4)) ?? 0) + (days[i] ?? 0)));
  return years;
}

export function YearTable({ data, result, task }: { data: SeriesTable; result: RunResult; task: string }) {
  const { t } = useTranslation(["result", "words"]);
  const months = useSeries(task, "ic_monthly").data;
  const counted = months ? daysByYear(months) : null;
  const [ic, icir, positive, ts] = [column(data, "rank_ic"), column(data, "icir"), column(data, "positive_share"), column(data, "t")];
  const sealed = searchOf(result).sealed;
  const direction = result.direction ?? {};
  const read = (key: string) => (typeof direction[key] === "number" ? (direction[key] as number) : null);
  const rows: Row[] = labels(data).map((year, i) => ({ year, days: counted?.get(year) ?? null, ic: ic[i] ?? null, t: ts[i] ?? null, icir: icir[i] ?? null, positive: positive[i] ?? null }));
  if (direction["calibration_end"]) {
    rows.push({ year: t("calibration"), days: read("calibration_dates"), ic: read("calibration_rank_ic"), t: null, icir: null, positive: null, slice: true });
    rows.push({ year: t("outOfSlice"), days: read("out_of_slice_dates"), ic: read("out_of_slice_rank_ic"), t: read("out_of_slice_t_hac"), icir: null, positive: null, slice: true });
  }
  if (sealed?.state === "sealed") rows.push({ year: `${t("sealedSlice")} · ${t("dayCount", { value: format.integer(sealed.sessions) })}`, days: null, ic: null, t: null, icir: null, positive: t("notComputed"), sealed: true });
  const columns: Column[] = [
    { key: "year", label: t("range"), show: (value, row) => (row["sealed"] ? <><LockIcon size={12} /> {String(value)}</> : String(value)) },
    { key: "days", label: t("icDaysColumn"), numeric: true, show: (value) => format.integer(value as number | null) },
    { key: "ic", label: t("meanColumn"), numeric: true, show: (value) => format.ic(value as number | null) },
    { key: "t", label: t("words:t_hac"), head: <Metric name="t_hac">{t("words:t_hac")}</Metric>, numeric: true, show: (value) => format.number(value as number | null) },
    { key: "icir", label: "ICIR", head: <Metric name="icir">ICIR</Metric>, numeric: true, show: (value) => format.number(value as number | null) },
    { key: "positive", label: "IC > 0", numeric: true, show: (value) => (typeof value === "string" ? <span className="muted">{value}</span> : format.share(value as number | null, 0)) },
  ];
  return <DataTable label={t("byYear")} columns={columns} rows={rows} quiet={(row) => row["slice"] === true || row["sealed"] === true} phoneColumns={4} />;
}

export function IcHeat({ data, task }: { data: SeriesTable; task: string }) {
  const { t } = useTranslation("result");
  const yearly = useSeries(task, "yearly");
  const sealedMonths = useSealedMonths();
  const months = labels(data);
  const [ic, days, ts] = [column(data, "rank_ic"), column(data, "days"), column(data, "t")];
  const totals = new Map<string, number | null>(months.map((month) => [month.slice(0, 4), null]));
  if (yearly.data) {
    const values = column(yearly.data, "rank_ic");
    labels(yearly.data).forEach((year, i) => totals.set(year, values[i] ?? null));
  }
  const at = new Map(months.map((month, i) => [month, i]));
  return (
    <MonthHeat
      label={t("icMonthly")}
      months={new Map(months.map((month, i) => [month, ic[i] ?? null]))}
      totals={totals}
      cap={0.15}
      sealed={sealedMonths}
      palette="groups"
      show={(value) => format.number(value * 100, 1)}
      hint={(month) => {
        const i = at.get(month) ?? -1;
        return t("icMonthHint", { month, ic: format.ic(ic[i]), days: format.integer(days[i]), t: format.number(ts[i]) });
      }}
    />
  );
}
