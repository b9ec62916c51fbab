/** Two to six runs side by side: the sentence first, then what it rests on. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import { useComparison, useCorrelation, useTasksOf, type Comparison } from "@/api/compare";
import * as format from "@/lib/format";
import { MOST_COMPARED } from "@/lib/compareSet";
import { download } from "@/lib/csv";
import { pick } from "@/lib/i18n";
import { useHeading } from "@/lib/title";
import { ProvenanceProvider } from "@/ui/Card";
import { LinkContext } from "@/ui/chart/link";
import { useChartLink } from "@/ui/chart/useChartLink";
import { Button, Segmented, TextButton } from "@/ui/controls";
import { DownloadIcon } from "@/ui/icons";
import { DemoMark } from "@/ui/MarketMark";
import { Refusal } from "@/ui/Refusal";
import { Empty, Loading, Strip } from "@/ui/states";

import { Chips, type Compared } from "./Chips";
import css from "./Compare.module.css";
import { comparisonCsv } from "./comparisonCsv";
import { CorrelationCard } from "./CorrelationCard";
import { Curves } from "./Curves";
import { idsOf, letterOf, partsOf } from "./ids";
import { MetricTable } from "./MetricTable";
import { cellsOf, nameOf, type Cells, type Look } from "./metrics";
import { Picker } from "./Picker";
import { SettingsCard, type Shown } from "./SettingsCard";
import { useCompared, useWord } from "./useCompared";

const LOOKS: readonly [Look, ...Look[]] = ["aligned", "own"];
const CELLS: readonly [Cells, ...Cells[]] = ["values", "difference"];
const SHOWN: readonly [Shown, ...Shown[]] = ["differing", "all"];
/** Warnings that belong to the line under the verdict: nothing is wrong with the figures. */
const QUIET = new Set(["other_lineage", "sealed_opened"]);
const twoDigits = (value: number) => format.number(value, 2);

/** What the chips say before the comparison has answered. */
function useNames(ids: readonly string[], data: Comparison | undefined): readonly Compared[] {
  const { t } = useTranslation("comparison");
  const parts = ids.map(partsOf);
  const tasks = useTasksOf(data ? [] : parts.map((part) => part.task));
  const known = new Map(tasks.flatMap((task) => (task.data ? [[task.data.task_id, task.data] as const] : [])));
  return ids.map((id, i) => {
    const run = data?.runs.find((one) => one.id === id);
    if (run) return { id, name: nameOf(run), of: run };
    const { task, candidate } = parts[i] ?? { task: id, candidate: null };
    const found = known.get(task);
    const tested = candidate === null ? null : (found?.candidates?.[candidate] as { expression?: string } | undefined);
    const said = candidate === null ? (found?.expression ?? found?.params.prompt) : tested?.expression;
    return { id, name: said ?? t("run_id", { id }) };
  });
}

/** The compared runs that the server does not know, each with a way out. */
function Unknown({ ids, onIds }: { ids: readonly string[]; onIds: (ids: readonly string[]) => void }) {
  const { t } = useTranslation("comparison");
  const tasks = useTasksOf(ids.map((id) => partsOf(id).task));
  const base = [...new Set(ids.map((id) => partsOf(id).task))];
  const missing = new Set(base.filter((_, i) => tasks[i]?.error instanceof ApiError && tasks[i].error.status === 404));
  return ids.map((id, place) =>
    missing.has(partsOf(id).task) ? (
      <Button key={id} small onClick={() => onIds(ids.filter((other) => other !== id))}>{t("takeOut", { letter: letterOf(place) })}</Button>
    ) : null,
  );
}

/** A refusal with the ways out of it. */
function Refused({ failure, ids, onIds, onRetry }: { failure: Error; ids: readonly string[]; onIds: (ids: readonly string[]) => void; onRetry: () => void }) {
  const { t } = useTranslation("comparison");
  const api = failure instanceof ApiError ? failure : null;
  const nearest = idsOf(api?.facts.nearest);
  return (
    <Refusal
      of={failure}
      actions={
        <>
          {nearest.length > 0 && api?.status === 400 ? <Button small onClick={() => onIds(nearest)}>{t("useThese", { count: nearest.length })}</Button> : null}
          {api?.status === 404 ? <Unknown ids={ids} onIds={onIds} /> : null}
          <Button small onClick={onRetry}>{t("again")}</Button>
        </>
      }
    >
      {api?.offline ? t("offlineText") : api?.status === 404 ? t("unknownRun") : undefined}
    </Refusal>
  );
}

function Parts({ data, ids, look }: { data: Comparison; ids: readonly string[]; look: Look }) {
  const { t } = useTranslation("comparison");
  const client = useQueryClient();
  const [cells, setCells] = useWord("cells", CELLS);
  const [shown, setShown] = useWord("settings", SHOWN);
  const correlation = useCorrelation(ids, true);
  const state = correlation.data?.state;
  // The sentence above knows more once the correlation is there.
  useEffect(() => {
    if (state === "completed" && data.correlation.state !== "completed") void client.invalidateQueries({ queryKey: ["compare", ids.join(",")], exact: true });
  }, [client, state, data.correlation.state, ids]);
  const names = useMemo(() => data.runs.map(nameOf), [data.runs]);
  const link = useChartLink();
  const figures = <MetricTable data={data} look={look} cells={cells} onCells={setCells} />;
  // More columns than fit beside the curves get the whole width.
  const wide = data.runs.length > (cellsOf(cells, look) === "difference" ? 3 : 4);
  const again = () => void client.resetQueries({ queryKey: ["compare", "correlation", ids.join(",")] });
  return (
    <div className={css["columns"]} data-wide={wide ? "" : undefined}>
      {wide ? <div className={css["first"]}>{figures}</div> : null}
      <div className={css["column"]}>
        {wide ? null : figures}
        <CorrelationCard of={correlation} onAgain={again} />
      </div>
      <LinkContext.Provider value={link}>
      <div className={css["column"]}>
        <Curves id="compare-nav" title={t("nav")} caption={t("navCaption")} table={data.series.nav} names={names} format={format.nav} axisFormat={twoDigits} zero={1} />
        <Curves id="compare-ic" title={t("icCumulative")} caption={t("icCaption")} table={data.series.rank_ic_cumulative} names={names} format={twoDigits} axisFormat={format.integer} zero={0} />
        <SettingsCard data={data} shown={shown} onShown={setShown} />
      </div>
      </LinkContext.Provider>
    </div>
  );
}

export function Compare() {
  const { t, i18n } = useTranslation(["comparison", "compare"]);
  useHeading({ title: t("compare:title") });
  const { ids, setIds } = useCompared();
  const [picking, setPicking] = useState(false);
  const [look, setLook] = useWord("look", LOOKS);
  const query = useComparison(ids);
  const data = ids.length >= 2 ? query.data : undefined;
  const runs = useNames(ids, data);
  const provenance = useMemo(() => {
    const first = data?.runs[0];
    const range = format.span(data?.alignment.first_day, data?.alignment.last_day);
    return {
      lines: [...(data?.runs.map((run) => `${run.letter} ${run.id} ${run.expression} · ${run.market}@${run.data_snapshot} · ${run.universe} · ${format.span(run.start, run.end)}`) ?? []), `common range ${range}`, "ratios are fractions (0.05 = 5%)"],
      foot: `${range}${first ? ` · ${first.market}@${first.data_snapshot.slice(0, 6)}` : ""}`,
      fileStem: "quantgpt_compare",
      synthetic: data?.runs.some((run) => run.synthetic) ?? false,
    };
  }, [data]);
  const madeUp = data?.runs.filter((run) => run.synthetic) ?? [];
  const pickOne = <Button onClick={() => setPicking(true)}>{t("emptyAction")}</Button>;
  return (
    <div className={css["page"]}>
      <div className={css["head"]}>
        <div className={css["inner"]}>
          <div className={css["headRow"]}>
            <Chips runs={runs} onRemove={(id) => setIds(ids.filter((other) => other !== id))} onAdd={() => setPicking(true)} />
            {data ? (
              <div className={css["headTools"]}>
                <Segmented label={t("look")} value={look} onChange={setLook} options={[{ value: "aligned", label: t("lookAligned") }, { value: "own", label: t("lookOwn") }]} />
                <Button small onClick={() => download("quantgpt_compare.csv", comparisonCsv(data, provenance.lines))}><DownloadIcon size={14} /> {t("export")}</Button>
              </div>
            ) : null}
          </div>
          {data ? (
            <>
              <h2 className={css["sentence"]} data-testid="compare-verdict">{pick(data.verdict, i18n.language)}</h2>
              <p className={css["alignment"]}>
                {madeUp.length > 0 ? <><DemoMark of={{ synthetic: true }} /> {madeUp.length < data.runs.length ? `${madeUp.map((run) => run.letter).join(" ")} · ` : ""}</> : null}
                {look === "own" ? t("ownRanges") : pick(data.alignment, i18n.language)}
                {data.warnings.filter((warning) => QUIET.has(warning.code)).map((warning) => `${t("stop")}${pick(warning, i18n.language)}`)}
                {look === "aligned" && data.method ? `${t("stop")}${pick(data.method, i18n.language)}` : null}
                {t("end")}
              </p>
            </>
          ) : null}
        </div>
      </div>
      <div className={css["body"]} aria-busy={query.isFetching}>
        {data?.warnings.filter((warning) => !QUIET.has(warning.code)).map((warning) => <Strip key={`${warning.code}-${warning.ids?.join() ?? warning.zh}`}>{pick(warning, i18n.language)}</Strip>)}
        <ProvenanceProvider value={provenance}>
          {ids.length === 0 ? <Empty title={t("emptyTitle")} height={280} action={pickOne}>{t("emptyText", { most: MOST_COMPARED })}</Empty> : null}
          {ids.length === 1 ? <Empty title={t("oneTitle")} height={280} action={pickOne}>{t("oneText")}</Empty> : null}
          {ids.length >= 2 && query.error && (!data || query.isPlaceholderData) ? <Refused failure={query.error} ids={ids} onIds={setIds} onRetry={() => void query.refetch()} /> : null}
          {ids.length >= 2 && !data && !query.error ? <Loading height={520} /> : null}
          {data && !(query.error && query.isPlaceholderData) ? <Parts data={data} ids={ids} look={look} /> : null}
        </ProvenanceProvider>
        {ids.length > 0 ? <p><TextButton onClick={() => setIds([])}>{t("clear")}</TextButton></p> : null}
      </div>
      <Picker open={picking} chosen={ids} onClose={() => setPicking(false)} onChange={setIds} />
    </div>
  );
}
