/** Jobs as rows: what was asked, how far it is, what came out, when. */

import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { isTerminal, type Task } from "@/api/types";
import { score } from "@/lib/format";
import { wholeSeconds } from "@/lib/moment";
import { Grade, MarkIcon, TextButton } from "@/ui/controls";
import { DataTable, type Column } from "@/ui/DataTable";
import { Moment } from "@/ui/Moment";

import { askOf, isIteration, isWaiting, lastedSeconds, percentOf, wasStopped } from "./job";
import css from "./Jobs.module.css";
import { Track } from "./Track";
import { useStateWords } from "./useStateWords";

function State({ task }: { task: Task }) {
  const words = useStateWords();
  const text = words(task);
  const running = !isTerminal(task.status);
  const mark = wasStopped(task) ? "doubt" : task.status === "failed" ? "fail" : running ? null : "pass";
  return (
    <span className={css["state"]}>
      {mark ? <MarkIcon mark={mark} size={14} /> : null}
      <span className={css["stateText"]} title={text}>{text}</span>
      {running && !isWaiting(task) ? <Track percent={percentOf(task)} label={text} /> : null}
    </span>
  );
}

export function JobTable({ tasks, chosen, onChoose }: { tasks: readonly Task[]; chosen: string | undefined; onChoose: (id: string) => void }) {
  const { t } = useTranslation("job");
  const byId = useMemo(() => new Map(tasks.map((task) => [task.task_id, task])), [tasks]);
  const rows = useMemo(
    () =>
      tasks.map((task) => ({
        id: task.task_id,
        ask: askOf(task),
        state: task.status,
        score: task.result?.score ?? null,
        kind: task.task_type,
        created: task.created_at,
        lasted: lastedSeconds(task),
      })),
    [tasks],
  );
  const of = (id: unknown) => byId.get(String(id));
  const columns: readonly Column[] = [
    {
      key: "ask",
      label: t("col_ask"),
      show: (_, row) => {
        const task = of(row["id"]);
        const expression = task?.expression && task.expression !== askOf(task) ? task.expression : "";
        return (
          <span className={css["cell"]} data-job={row["id"]}>
            <TextButton className={css["open"]} onClick={() => onChoose(String(row["id"]))} data-user-text>{String(row["ask"]) || String(row["id"])}</TextButton>
            {expression ? <code className={css["small"]}>{expression}</code> : null}
          </span>
        );
      },
    },
    { key: "state", label: t("col_state"), show: (_, row) => { const task = of(row["id"]); return task ? <State task={task} /> : null; } },
    {
      key: "score",
      label: t("col_score"),
      numeric: true,
      show: (value, row) => (
        <span className={css["figure"]}>
          {score(typeof value === "number" ? value : null)}
          {typeof value === "number" ? <Grade letter={of(row["id"])?.result?.grade} size={22} /> : null}
        </span>
      ),
    },
    { key: "kind", label: t("col_kind"), show: (_, row) => { const task = of(row["id"]); return task ? t(isIteration(task) ? "kind_iteration" : "kind_test") : null; } },
    { key: "created", label: t("col_created"), show: (value) => <Moment stamp={String(value)} /> },
    { key: "lasted", label: t("col_lasted"), numeric: true, show: (value) => wholeSeconds(typeof value === "number" ? value : null) },
  ];
  return <DataTable label={t("list")} columns={columns} rows={rows} selected={(row) => row["id"] === chosen} phoneColumns={3} />;
}
