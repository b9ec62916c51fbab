/** Figures of two stretches that are never pooled: before a slice was opened, and on it. Rank IC and its kin count by the direction of the factor. */

import { useTranslation } from "react-i18next";

import * as format from "@/lib/format";

import type { Twin } from "./Card";
import { DataTable, type CellValue, type Column } from "./DataTable";
import { Metric } from "./Metric";

type Num = number | null;

export interface BeforeAfterFigure {
  readonly name: string;
  /** ratio, percent, number, score, count or grade. */
  readonly kind: string;
  readonly before: number | string | null;
  readonly before_ci95?: readonly [Num, Num] | null;
  readonly after: number | string | null;
  readonly after_ci95?: readonly [Num, Num] | null;
}

/** Names of the service and those of the dictionary. */
const METRIC: Record<string, string> = { rank_ic_mean: "rank_ic_oriented", rank_ic_t_hac: "t_hac", icir_annual: "icir", monotonicity_score: "monotonicity" };

/** A figure as its kind is written. */
export function written(name: string, kind: string, value: CellValue): string {
  if (typeof value !== "number") return value === null || value === undefined ? format.MISSING : String(value);
  if (kind === "percent") return name === "max_drawdown" ? format.share(value) : format.percent(value);
  if (kind === "ratio") return format.ic(value);
  if (kind === "score") return format.score(value);
  return kind === "count" ? format.integer(value) : format.number(value);
}

const around = ({ name, kind }: BeforeAfterFigure, ci: readonly [Num, Num] | null | undefined) => (ci && ci[0] !== null && ci[1] !== null ? `${written(name, kind, ci[0])} – ${written(name, kind, ci[1])}` : null);

/** The table of figures, for the page and for a file. */
export function useBeforeAfter(figures: readonly BeforeAfterFigure[]): Twin {
  const { t } = useTranslation(["beforeafter", "metrics"]);
  const figure = (value: CellValue, row: Record<string, CellValue>) => written(String(row["name"]), String(row["kind"]), value);
  const interval = (value: CellValue) => (typeof value === "string" ? <span className="muted">{value}</span> : <span className="muted" title={t("noInterval")}>{format.MISSING}</span>);
  const columns: Column[] = [
    { key: "label", label: t("figure"), show: (value, row) => <Metric name={String(row["metric"])}>{String(value)}</Metric> },
    { key: "before", label: t("before"), numeric: true, show: figure },
    { key: "beforeInterval", label: t("interval"), numeric: true, show: interval },
    { key: "after", label: t("after"), numeric: true, show: (value, row) => <b>{figure(value, row)}</b> },
    { key: "afterInterval", label: t("interval"), numeric: true, show: interval },
  ];
  const rows = figures.map((one) => {
    const metric = METRIC[one.name] ?? one.name;
    return { name: one.name, kind: one.kind, metric, label: t(`metrics:${metric}.name`, { defaultValue: t(one.name, { defaultValue: one.name }) }), before: one.before, beforeInterval: around(one, one.before_ci95), after: one.after, afterInterval: around(one, one.after_ci95) };
  });
  return { columns, rows };
}

export function BeforeAfter({ figures, label }: { figures: readonly BeforeAfterFigure[]; label: string }) {
  const { columns, rows } = useBeforeAfter(figures);
  return <DataTable label={label} columns={columns} rows={rows} phoneColumns={0} />;
}
