/** The figures of every run in one table: best in bold, an edge only where it beats the next by more than chance. */

import { Tooltip } from "@mantine/core";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";

import type { ComparedMetric, ComparedRun, Comparison } from "@/api/compare";
import * as format from "@/lib/format";
import { Absent } from "@/ui/Absent";
import { Card, type Twin } from "@/ui/Card";
import { Grade, Segmented, Term } from "@/ui/controls";

import css from "./MetricTable.module.css";
import { Letter } from "./Letter";
import { absenceOf, cellsOf, difference, entryOf, isReturn, noInterval, spread, standing, valuesOf, written, type Cells, type Look } from "./metrics";
import { ScoreMark } from "./ScoreMark";

function useMetricWords() {
  const { t } = useTranslation(["comparison", "metrics"]);
  return {
    name: (metric: string) => t(`metric_${metric}`, { defaultValue: t(`metrics:${entryOf(metric)}.name`, { defaultValue: metric }) }),
    meaning: (metric: string) => {
      const entry = entryOf(metric);
      const formula = t(`metrics:${entry}.formula`, { defaultValue: "" });
      return formula ? [formula, t(`metrics:${entry}.inputs`, { defaultValue: "" }), t(`metrics:${entry}.convention`, { defaultValue: "" })].filter(Boolean).join(" · ") : undefined;
    },
  };
}

/** "+2.0 points": a difference between percentages. */
function usePoints() {
  const { t } = useTranslation("comparison");
  return (value: string) => t("points", { value });
}

interface CellProps {
  readonly metric: ComparedMetric;
  readonly place: number;
  readonly look: Look;
  readonly letters: readonly string[];
  /** How many sessions are common. */
  readonly sessions: number;
}

function ValueCell({ metric, place, look, letters, sessions }: CellProps) {
  const { t } = useTranslation("comparison");
  const points = usePoints();
  const value = valuesOf(metric, look)[place];
  if (value === null || value === undefined) return <td><Absent why={t(absenceOf(metric, look, sessions))} /></td>;
  const mark = standing(metric, place, look);
  const tone = isReturn(metric.name) && typeof value === "number" ? format.direction(value) : undefined;
  const shown = metric.kind === "grade" ? <Grade letter={typeof value === "string" ? value : null} size={22} /> : metric.kind === "state" && typeof value === "string" ? t(`state_${value}`, { defaultValue: value }) : written(metric, value);
  const lead = metric.lead;
  const text = <span className={tone}>{shown}</span>;
  if (!mark || !lead) return <td data-standing={mark}>{text}</td>;
  const hint = t(metric.clear ? "leadClear" : "leadWithin", { next: letters[metric.runner_up ?? -1] ?? "", value: difference(metric, lead.value, points), interval: spread(metric, lead, points), p: format.pClause(lead.p) });
  return (
    <td data-standing={mark}>
      <Tooltip label={hint} multiline events={{ hover: true, focus: true, touch: true }}>
        <button type="button" className={css["plain"]}>{text}</button>
      </Tooltip>
    </td>
  );
}

function DifferenceCell(props: CellProps) {
  const { metric, place, look, letters } = props;
  const { t } = useTranslation("comparison");
  const points = usePoints();
  if (place === 0) return <ValueCell {...props} />;
  const paired = metric.to_first[place];
  if (typeof paired?.value !== "number") {
    const without = [0, place].filter((one) => typeof valuesOf(metric, look)[one] !== "number").map((one) => letters[one] ?? "");
    return <td><Absent why={t("absent_difference", { runs: without.join(", ") })} /></td>;
  }
  const text = difference(metric, paired.value, points);
  return <td>{paired.ci95 ? <>{text}<span className={css["interval"]}>{spread(metric, paired, points)}</span></> : <Term meaning={t(noInterval(metric))}>{text}</Term>}</td>;
}

function Rows({ data, look, cells }: { data: Comparison; look: Look; cells: Cells }) {
  const { t } = useTranslation("comparison");
  const words = useMetricWords();
  const letters = data.runs.map((run) => run.letter);
  const byName = new Map(data.metrics.map((metric) => [metric.name, metric]));
  return data.groups.map((group) => (
    <Fragment key={group.name}>
      <tr className={css["group"]}>
        <th scope="rowgroup" colSpan={data.runs.length + 1}>{t(`group_${group.name}`, { defaultValue: group.name })}</th>
      </tr>
      {group.metrics.map((name) => {
        const metric = byName.get(name);
        if (!metric || name === "score" || name === "grade") return null;
        const numeric = metric.kind !== "state" && metric.kind !== "grade";
        const Cell = cells === "difference" && numeric ? DifferenceCell : ValueCell;
        return (
          <tr key={name} data-metric={name}>
            <th scope="row"><Term meaning={words.meaning(name)}>{words.name(name)}</Term></th>
            {data.runs.map((run, place) => (
              <Cell key={run.id} metric={metric} place={place} look={look} letters={letters} sessions={data.alignment.sessions} />
            ))}
          </tr>
        );
      })}
    </Fragment>
  ));
}

/** Scores belong to whole results: they are the same in both looks. */
function ScoreRows({ runs, best }: { runs: readonly ComparedRun[]; best: number | null }) {
  const { t } = useTranslation(["comparison", "words"]);
  const words = useMetricWords();
  return (
    <>
      <tr data-metric="score">
        <th scope="row"><Term meaning={words.meaning("score")}>{words.name("score")}</Term></th>
        {runs.map((run, place) => (
          <td key={run.id} data-standing={place === best ? "best" : undefined}>
            <span className={css["score"]}>
              {typeof run.score === "number" ? format.score(run.score) : <Absent why={t("absent_figure")} />} <Grade letter={run.grade} size={22} />
            </span>
          </td>
        ))}
      </tr>
      <tr>
        <th scope="row"><Term meaning={t("intervalMeaning")}>{t("interval")}</Term></th>
        {runs.map((run) => {
          const [low, high] = run.score_ci95 ?? [null, null];
          const label = t("words:score_label", { score: format.score(run.score), interval: format.interval(low, high), grade: run.grade ?? format.MISSING });
          return <td key={run.id}>{typeof run.score === "number" ? <ScoreMark score={run.score} low={low} high={high} label={label} /> : <Absent why={t("absent_figure")} />}</td>;
        })}
      </tr>
    </>
  );
}

/** The same figures, unrounded, for a file. */
function twinOf(data: Comparison, look: Look, cells: Cells, name: (metric: string) => string, head: string): Twin {
  return {
    columns: [{ key: "metric", label: head }, ...data.runs.map((run) => ({ key: run.letter, label: `${run.letter} ${run.expression}` }))],
    rows: data.metrics.map((metric) => ({
      metric: name(metric.name),
      ...Object.fromEntries(data.runs.map((run, i) => [run.letter, cells === "difference" && i > 0 ? (metric.to_first[i]?.value ?? null) : (valuesOf(metric, look)[i] ?? null)])),
    })),
  };
}

interface MetricTableProps {
  readonly data: Comparison;
  readonly look: Look;
  readonly cells: Cells;
  readonly onCells: (cells: Cells) => void;
}

export function MetricTable({ data, look, cells: asked, onCells }: MetricTableProps) {
  const { t } = useTranslation("comparison");
  const cells = cellsOf(asked, look);
  const words = useMetricWords();
  const score = data.metrics.find((metric) => metric.name === "score");
  const basis = look === "own" ? t("captionOwn") : cells === "difference" ? t("captionDifference") : t("captionValues");
  const caption = t("captionOriented", { basis });
  return (
    <Card
      id="compare-metrics"
      title={t("metrics")}
      caption={caption}
      table={twinOf(data, look, cells, words.name, t("metric"))}
      isTable
      flush
      // Differences are of the common sessions: beside figures of other spans they would be a second basis in one row.
      tools={
        look === "own" ? null : (
          <Segmented
            label={t("cells")}
            value={cells}
            onChange={onCells}
            options={[{ value: "values", label: t("cellsValues") }, { value: "difference", label: t("cellsDifference") }]}
          />
        )
      }
    >
      <div className={css["box"]} tabIndex={0} role="group" aria-label={t("metrics")} data-testid="compare-table">
        <table className={css["table"]} aria-label={t("metrics")}>
          <thead>
            <tr>
              <td />
              {data.runs.map((run, place) => (
                <th key={run.id} scope="col"><span className="sr">{run.expression}</span><Letter place={place} /></th>
              ))}
            </tr>
          </thead>
          <tbody>
            <ScoreRows runs={data.runs} best={score?.best ?? null} />
            <Rows data={data} look={look} cells={cells} />
          </tbody>
        </table>
      </div>
    </Card>
  );
}
