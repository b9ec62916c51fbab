/** 运气计量 and 试验台账: how much of the figure the search alone explains, and everything that was tried. */

import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { resultName, searchOf, useQValue, useTrials, type Luck, type Trial } from "@/api/result";
import type { RunResult } from "@/api/types";
import * as format from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Card, type Twin } from "@/ui/Card";
import { CodeLine } from "@/ui/Code";
import { Grade, Tag } from "@/ui/controls";
import { DataTable, type Column, type Row } from "@/ui/DataTable";
import { LuckBar, LuckHistogram } from "@/ui/Luck";
import { Metric } from "@/ui/Metric";
import { DataView, Empty } from "@/ui/states";

import css from "./Parts.module.css";

function LuckBody({ luck, trials }: { luck: Luck; trials: number | null }) {
  const { t, i18n } = useTranslation("result");
  const { histogram } = luck;
  if (luck.state === "none" || !histogram) {
    return <Empty title={t("noLuck")} height={200}>{luck.reason ? pick(luck.reason, i18n.language) : undefined}</Empty>;
  }
  const values = {
    observed: format.number(luck.observed),
    expected: format.number(luck.expected_best),
    effective: format.number(luck.effective_trials, 1),
    trials: format.integer(trials),
    beyond: format.share(luck.share_beyond),
  };
  return (
    <div className={css["luck"]}>
      <LuckHistogram
        label={t("luckLabel", values)}
        edges={histogram.edges}
        share={histogram.share}
        observed={luck.observed}
        expected={luck.expected_best}
        observedText={t("luckObserved", values)}
        beyondText={t("luckBeyond", values)}
        expectedText={t("luckExpected", values)}
        tick={(value) => format.number(value, 1)}
      />
      <LuckBar label={t("dsrLabel", { value: format.number(luck.dsr) })} value={luck.dsr} valueText={`DSR ${format.number(luck.dsr)}`} zones={luck.zones.map((zone) => ({ code: zone.code, from: zone.from, to: zone.to, label: pick(zone, i18n.language) }))} />
      {luck.sentence ? <p className={css["luckSentence"]}>{pick(luck.sentence, i18n.language)}</p> : null}
    </div>
  );
}

export function LuckCard({ result }: { result: RunResult }) {
  const { t, i18n } = useTranslation("result");
  const search = searchOf(result);
  const { luck } = search;
  const edges = luck?.histogram?.edges ?? [];
  const twin: Twin = {
    columns: [
      { key: "from", label: t("luckFrom"), numeric: true },
      { key: "to", label: t("luckTo"), numeric: true },
      { key: "share", label: t("luckShare"), numeric: true, show: (value) => format.share(value as number, 2) },
    ],
    rows: (luck?.histogram?.share ?? []).map((share, i) => ({ from: format.number(edges[i], 3), to: format.number(edges[i + 1], 3), share })),
  };
  return (
    <Card id="luck" title={t("luck")} heading={<Metric name="sharpe_hurdle">{t("luck")}</Metric>} caption={luck?.state === "measured" ? t("luckCaption", { effective: format.number(luck.effective_trials, 1) }) : undefined} table={luck?.histogram ? twin : undefined}>
      {luck ? <LuckBody luck={luck} trials={luck.trials} /> : <Empty title={t("noLuck")} height={200}>{search.notes ? pick(search.notes, i18n.language) : t("noLuckWhy")}</Empty>}
    </Card>
  );
}

/** How many trials the run was judged among, which are those of its own moment, and how many there are now. */
export function ledgerCount(then: number | null | undefined, now: number): { readonly name: "ledgerCaption" | "ledgerThen"; readonly count: number } {
  return typeof then !== "number" || then === now ? { name: "ledgerCaption", count: now } : { name: "ledgerThen", count: then };
}

function useLedgerCaption(result: RunResult, now: number | undefined): string | undefined {
  const { t } = useTranslation("result");
  const { trials, effective_trials: effective } = searchOf(result);
  if (now === undefined) return undefined;
  const { name, count } = ledgerCount(trials, now);
  return t(name, { count, then: format.integer(count), total: format.integer(now), effective: format.number(effective, 1) });
}

const KINDS = new Set(["test", "candidate", "sweep", "opening"]);

export function LedgerCard({ id, result }: { id: string; result: RunResult }) {
  const { t } = useTranslation("result");
  const search = searchOf(result);
  const name = resultName(id);
  const query = useTrials(search.ledger_key);
  const q = useQValue(name.task, name.candidate === null).data?.q_values[name.task];
  const mine = result.params["expression_hash"];
  const trials = query.data?.trials;
  const rows = useMemo(
    (): Row[] =>
      (trials ?? [])
        .map((trial: Trial) => ({ id: trial.id, task: trial.task_id, expression: trial.expression, hash: trial.expression_hash, sharpe: trial.sharpe_annual, score: trial.score, grade: trial.grade, state: !trial.ok ? "failed" : trial.is_repeat ? "repeat" : trial.kind, at: trial.created_at }))
        .sort((left, right) => (right.score ?? -1) - (left.score ?? -1)),
    [trials],
  );
  const { failed = 0, repeats = 0 } = query.data ?? {};
  const columns: Column[] = [
    { key: "id", label: "#", numeric: true },
    { key: "expression", label: t("trial"), show: (value, row) => (typeof row["task"] === "string" && !row["task"].startsWith("iter_") ? <Link to="/runs/$id" params={{ id: row["task"] }} className={css["trial"] ?? ""}><CodeLine text={String(value)} /></Link> : <span className={css["trial"]}><CodeLine text={String(value)} /></span>) },
    { key: "sharpe", label: t("trialSharpe"), head: <Metric name="excess_sharpe">{t("trialSharpe")}</Metric>, numeric: true, show: (value) => format.number(value as number | null) },
    { key: "score", label: t("trialScore"), numeric: true, show: (value) => format.score(value as number | null) },
    { key: "grade", label: t("trialGrade"), show: (value, row) => (row["state"] === "failed" || row["state"] === "repeat" || row["state"] === "opening" ? <Tag>{t(`trial_${row["state"]}`)}</Tag> : value ? <Grade letter={String(value)} size={22} /> : KINDS.has(String(row["state"])) ? format.MISSING : "") },
  ];
  const total = query.data?.total ?? 0;
  const caption = useLedgerCaption(result, query.data?.total);
  return (
    <Card id="ledger" title={t("ledger")} caption={caption} table={query.data ? { columns, rows } : undefined} isTable flush>
      <DataView of={query} height={240} isEmpty={(data) => data.trials.length === 0} empty={<Empty title={t("noTrials")} height={200}>{t("noTrialsWhy")}</Empty>}>
        {() => (
          <>
            <DataTable label={t("ledger")} columns={columns} rows={rows} maxHeight={286} selected={(row) => row["hash"] === mine} phoneColumns={0} />
            <p className={css["ledgerFoot"]}>
              {failed + repeats > 0 ? <span>{t("ledgerRest", { failed, repeats })}</span> : null}
              {total > rows.length ? <span>{t("ledgerCut", { shown: format.integer(rows.length) })}</span> : null}
              <span><Metric name="dsr">{t("metrics:dsr.name")}</Metric> <b>{format.number(search.dsr)}</b></span>
              <span><Metric name="psr">{t("metrics:psr.name")}</Metric> <b>{format.number(search.psr)}</b></span>
              {q ? <span><Metric name="q_bh">{t("metrics:q_bh.name")}</Metric> <b>{format.pValue(q.q_bh)}</b> {t("ofFamily", { count: q.family })}</span> : null}
            </p>
          </>
        )}
      </DataView>
    </Card>
  );
}
