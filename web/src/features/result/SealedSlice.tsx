/** What the sealed slice said: the figures before and after side by side, never pooled. */

import { useTranslation } from "react-i18next";

import { useSealedState, type SealedFigure, type SealedState } from "@/api/result";
import type { Num } from "@/api/types";
import * as format from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Card, type Twin } from "@/ui/Card";
import { CodeLine } from "@/ui/Code";
import { DataTable, type Column, type Row } from "@/ui/DataTable";
import { Metric } from "@/ui/Metric";

import css from "./Result.module.css";

/** Names of the service and those of the dictionary. */
const METRIC: Record<string, string> = { rank_ic_mean: "rank_ic", rank_ic_t_hac: "t_hac", icir_annual: "icir", monotonicity_score: "monotonicity" };

export function written({ name, kind }: SealedFigure, value: number | string | null): string {
  if (typeof value !== "number") return value ?? format.MISSING;
  if (kind === "percent") return name === "max_drawdown" ? format.share(value) : format.percent(value);
  if (kind === "ratio") return format.ic(value);
  if (kind === "score") return format.score(value);
  return kind === "count" ? format.integer(value) : format.number(value);
}

const around = (figure: SealedFigure, ci: readonly [Num, Num] | null | undefined) => (ci ? `${written(figure, ci[0])} – ${written(figure, ci[1])}` : "");

function Opened({ state }: { state: SealedState }) {
  const { t, i18n } = useTranslation(["result", "words", "metrics"]);
  const columns: Column[] = [
    { key: "figure", label: t("metric"), show: (value, row) => <Metric name={String(row["metric"])}>{String(value)}</Metric> },
    { key: "before", label: t("sealedBefore"), numeric: true },
    { key: "beforeCi", label: t("interval95"), numeric: true, show: (value) => <span className="muted">{String(value)}</span> },
    { key: "after", label: t("sealedAfter"), numeric: true, show: (value) => <b>{String(value)}</b> },
    { key: "afterCi", label: t("interval95"), numeric: true, show: (value) => <span className="muted">{String(value)}</span> },
  ];
  const rows: Row[] = state.figures.map((figure) => {
    const metric = METRIC[figure.name] ?? figure.name;
    return { metric, figure: t(`metrics:${metric}.name`, { defaultValue: t(`sealed_${figure.name}`, { defaultValue: figure.name }) }), before: written(figure, figure.before), beforeCi: around(figure, figure.before_ci95), after: written(figure, figure.after), afterCi: around(figure, figure.after_ci95) };
  });
  const twin: Twin = { columns, rows };
  const { opened, slice } = state;
  return (
    <Card id="sealed" title={t("sealedSlice")} heading={<Metric name="sealed">{t("sealedSlice")}</Metric>} caption={slice ? t("sealedCaption", { span: format.span(slice.first_day, slice.last_day), sessions: format.integer(slice.sessions) }) : undefined} table={twin} isTable flush>
      <div className={css["sealedText"]}>
        {state.verdict ? <p className={css["sealedVerdict"]}>{pick(state.verdict, i18n.language)}</p> : null}
        {opened && !opened.is_this ? <p className="muted">{t("sealedOther")} <CodeLine text={opened.expression} /></p> : null}
      </div>
      <DataTable label={t("sealedSlice")} columns={columns} rows={rows} phoneColumns={0} />
      <p className={css["dayNote"]}>{t("sealedApart", { count: state.looks.length })}</p>
    </Card>
  );
}

/** Nothing while the slice is closed: the charts show that. */
export function SealedCard({ task }: { task: string }) {
  const state = useSealedState(task).data;
  return state?.state === "opened" && state.figures.length > 0 ? <div className={css["full"]}><Opened state={state} /></div> : null;
}
