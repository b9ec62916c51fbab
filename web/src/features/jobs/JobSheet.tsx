/** One job in full: what was asked, with which parameters, how long each stage took, what went wrong, what can be done. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useMarket, useTask } from "@/api/queries";
import { repeatable } from "@/api/repeat";
import { isTerminal, STAGES, type Task } from "@/api/types";
import { MISSING, score, seconds, span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { wholeSeconds } from "@/lib/moment";
import { CodeBlock } from "@/ui/Code";
import { Button, buttonClass, Grade } from "@/ui/controls";
import { Moment } from "@/ui/Moment";
import { Sheet } from "@/ui/Sheet";
import { DataView, Strip } from "@/ui/states";

import { askOf, isIteration, lastedSeconds, percentOf, placeOf } from "./job";
import css from "./Jobs.module.css";
import { Track } from "./Track";
import { useJobActions } from "./useJobActions";
import { useStateWords } from "./useStateWords";

function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={css["facts"]}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Parameters({ task }: { task: Task }) {
  const { t, i18n } = useTranslation(["job", "words"]);
  const market = useMarket();
  const { universe, start_date, end_date, n_groups, holding_period, benchmark, options } = task.params;
  if (universe === undefined) return null;
  const named = (list: readonly { name: string; zh: string; en: string }[] | undefined, name: string | undefined) => pick(list?.find((one) => one.name === name), i18n.language) || (name ?? MISSING);
  const costs = options?.["costs"];
  return (
    <section>
      <h3>{t("parameters")}</h3>
      <Facts
        rows={[
          [t("universe"), named(market.data?.universes, universe)],
          [t("range"), span(start_date, end_date)],
          [t("grouping"), t("words:groups_holding", { groups: n_groups, holding: holding_period })],
          [t("benchmark"), named(market.data?.benchmarks, benchmark)],
          ...(typeof costs === "string" ? [[t("costs"), t(`words:costs_${costs}`, { defaultValue: costs })] as const] : []),
          ...(typeof options?.["market"] === "string" ? [[t("market"), options["market"]] as const] : []),
        ]}
      />
    </section>
  );
}

function Times({ task }: { task: Task }) {
  const { t } = useTranslation(["job", "stages"]);
  const measured = STAGES.filter((stage) => typeof task.timings?.[stage] === "number");
  return (
    <section>
      <h3>{t("times")}</h3>
      <Facts
        rows={[
          [t("col_created"), <Moment key="created" stamp={task.created_at} />],
          ...(task.finished_at ? [[t("ended"), <Moment key="ended" stamp={task.finished_at} />] as const, [t("col_lasted"), wholeSeconds(lastedSeconds(task))] as const] : []),
          ...measured.map((stage) => [t(`stages:${stage}`), seconds(task.timings?.[stage])] as const),
          ...(task.attempt > 1 ? [[t("attempts"), String(task.attempt)] as const] : []),
        ]}
      />
    </section>
  );
}

function Body({ task, failed: showFailure }: { task: Task; failed: (task: Task) => ReactNode }) {
  const { t, i18n } = useTranslation("job");
  const words = useStateWords();
  const running = !isTerminal(task.status);
  const failed = task.status === "failed";
  const warnings = (task.warnings ?? []) as unknown as readonly { code: string; zh: string; en: string }[];
  return (
    <div className={css["sheet"]}>
      <p className={css["asked"]} data-user-text>{askOf(task)}</p>
      {task.expression && task.expression !== askOf(task) ? <CodeBlock text={task.expression} /> : null}
      {failed ? (
        showFailure(task)
      ) : (
        <p className={css["outcome"]}>
          <span>{words(task)}</span>
          {task.result && !isIteration(task) ? <span>{score(task.result.score)}</span> : null}
          {task.result && !isIteration(task) ? <Grade letter={task.result.grade} size={22} /> : null}
        </p>
      )}
      {running ? <Track percent={percentOf(task)} label={words(task)} /> : null}
      {warnings.map((warning) => <Strip key={warning.code}>{pick(warning, i18n.language)}</Strip>)}
      <Parameters task={task} />
      <Times task={task} />
      <p className="muted"><small>{t("id", { id: task.task_id })}</small></p>
    </div>
  );
}

function Actions({ task, onEdit }: { task: Task; onEdit: (task: Task) => void }) {
  const { t } = useTranslation("job");
  const { again, stop, ready, stopping } = useJobActions();
  const running = !isTerminal(task.status);
  return (
    <>
      <Link className={buttonClass("primary", true)} {...placeOf(task)}>{t("open")}</Link>
      {running ? <Button small disabled={stopping === task.task_id} onClick={() => stop(task)}>{t("stop")}</Button> : null}
      {!running && task.status !== "failed" && repeatable(task) ? <Button small disabled={!ready} onClick={() => again(task)}>{t("asItWas")}</Button> : null}
      {!running && task.status !== "failed" && !isIteration(task) ? <Button small look="ghost" onClick={() => onEdit(task)}>{t("change")}</Button> : null}
    </>
  );
}

interface JobSheetProps {
  readonly id: string | undefined;
  readonly onClose: () => void;
  readonly onEdit: (task: Task) => void;
  /** What is shown in place of the outcome of a job that failed, with what can be done about it. */
  readonly failed: (task: Task) => ReactNode;
}

export function JobSheet({ id, onClose, onEdit, failed }: JobSheetProps) {
  const { t } = useTranslation("job");
  const query = useTask(id);
  return (
    <Sheet title={t("job")} open={id !== undefined} onClose={onClose} width={460} foot={query.data && !(query.data.status === "failed" && !isIteration(query.data)) ? <Actions task={query.data} onEdit={onEdit} /> : undefined}>
      <DataView of={query} height={280}>{(task) => <Body task={task} failed={failed} />}</DataView>
    </Sheet>
  );
}
