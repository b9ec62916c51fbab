/** 研究: the start page. Write an expression, run it, read the verdict; earlier runs of this tab stay above. */

import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import { useMarket, useSubmit, useTask } from "@/api/queries";
import { isTerminal, type Submission, type Task } from "@/api/types";
import { Composer } from "@/features/composer/Composer";
import { parametersOf, repeatOf, submissionOf, useDraft, type Parameters } from "@/features/composer/draft";
import { Examples, type Example } from "@/features/examples/Examples";
import { RunItem } from "@/features/runs/RunItem";
import { fraction } from "@/features/runs/StagePanel";
import { integer } from "@/lib/format";
import { definePage } from "@/lib/page";
import { tabMemory } from "@/lib/storage";
import { useHeading } from "@/lib/title";
import { FlaskIcon } from "@/ui/icons";
import { Strip } from "@/ui/states";

import css from "./research.module.css";

const KEPT_RUNS = 30;

function useRuns() {
  const [runs, setRuns] = useState<readonly string[]>(() => {
    const kept = tabMemory.json<unknown>("runs");
    return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === "string") : [];
  });
  useEffect(() => tabMemory.setJson("runs", runs), [runs]);
  const add = (id: string) => setRuns((old) => [...old.filter((other) => other !== id), id].slice(-KEPT_RUNS));
  return [runs, add] as const;
}

function ResearchPage() {
  const { t } = useTranslation("research");
  const market = useMarket();
  const submit = useSubmit();
  const { draft, setText, change, done } = useDraft();
  const [runs, addRun] = useRuns();
  const [opened, setOpened] = useState<ReadonlySet<string>>(() => new Set(runs.slice(-1)));
  const end = useRef<HTMLDivElement>(null);
  const current = useTask(runs[runs.length - 1]);
  const running = current.data !== undefined && !isTerminal(current.data.status);
  useHeading({ title: t("title"), percent: running && current.data ? (fraction(current.data) ?? 0) * 100 : null });

  const send = (ask: Submission, key: string, fromComposer: boolean) => {
    submit.mutate(
      { ask, key },
      {
        onSuccess: ({ task_id }) => {
          addRun(task_id);
          setOpened(new Set([task_id]));
          if (fromComposer) done();
          requestAnimationFrame(() => end.current?.scrollIntoView({ block: "end" }));
        },
      },
    );
  };
  const run = (text: string) => {
    if (market.data && !submit.isPending) send(submissionOf(text, parametersOf(draft, market.data)), draft.key, true);
  };
  const parameters = (part: Partial<Parameters>) => {
    submit.reset();
    if (market.data) change(part, market.data.market);
  };
  const edit = (task: Task) => {
    setText(task.expression ?? task.params.prompt ?? "");
    const { universe, start_date, end_date, n_groups, holding_period, benchmark } = task.params;
    const known = Object.entries({ universe, start_date, end_date, n_groups, holding_period, benchmark }).filter(([, value]) => value !== undefined);
    if (market.data) change(Object.fromEntries(known) as Partial<Parameters>, market.data.market);
    document.querySelector<HTMLTextAreaElement>("form textarea")?.focus();
  };
  const retry = (task: Task) => {
    if (!market.data) return;
    send(repeatOf(task, market.data), `${task.task_id}-again-${Date.now()}`, false);
  };
  const pickExample = (example: Example, runNow: boolean) => {
    setText(example.expression);
    submit.reset();
    if (runNow) run(example.expression);
    else document.querySelector<HTMLTextAreaElement>("form textarea")?.focus();
  };
  const toggle = (id: string) =>
    setOpened((old) => {
      const next = new Set(old);
      if (next.has(id)) next.delete(id);
      else next.add(id);
      return next;
    });

  const composer = (
    <Composer
      draft={draft}
      market={market.data}
      large={runs.length === 0}
      busy={submit.isPending}
      failure={submit.error}
      onText={(text) => {
        submit.reset();
        setText(text);
      }}
      onParameters={parameters}
      onRun={run}
    />
  );

  if (runs.length === 0) {
    return (
      <div className={css["first"]}>
        <div className={css["column"]}>
          <div>
            <h2 className={css["headline"]}>{t("headline")}</h2>
            <p className={css["lead"]}>{t("lead")}</p>
          </div>
          {composer}
          <Examples onPick={pickExample} />
          {market.isPending ? <div className={css["notice"]} /> : null}
          {market.data?.synthetic ? (
            <Strip calm action={<code className={css["command"]}>quantgpt data import PATH</code>}>
              {t("demo", { names: integer(market.data.names) })}
            </Strip>
          ) : null}
          {market.error instanceof ApiError ? (
            <Strip>{market.error.offline ? t("noMarket") : [market.error.message, market.error.facts.hint].filter(Boolean).join(t("joiner"))}</Strip>
          ) : null}
        </div>
      </div>
    );
  }
  return (
    <div className={css["thread"]}>
      <div className={css["column"]}>
        {runs.map((id, i) => (
          <RunItem key={id} id={id} number={i + 1} open={opened.has(id)} foldable={runs.length > 1} onToggle={() => toggle(id)} onRetry={retry} onEdit={edit} />
        ))}
        <div ref={end} className={css["end"]} />
      </div>
      <div className={css["dock"]}>
        <div className={css["column"]}>{composer}</div>
      </div>
    </div>
  );
}

export default definePage({ id: "research", path: "/", component: ResearchPage, nav: { group: "research", order: 10, icon: FlaskIcon } });
