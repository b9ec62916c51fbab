/** How many runs are under way and how far they are; opens the latest ones. */

import { Popover } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useTasks } from "@/api/queries";
import { isTerminal, type Task } from "@/api/types";
import { clockTime, MISSING, score } from "@/lib/format";
import { CodeLine } from "@/ui/Code";
import { Grade, MarkIcon } from "@/ui/controls";
import { JobsIcon } from "@/ui/icons";
import { Empty } from "@/ui/states";

import css from "./Shell.module.css";

function JobRow({ task, onOpen }: { task: Task; onOpen: () => void }) {
  const { t } = useTranslation(["shell", "stages"]);
  const text = task.expression ?? task.params.prompt ?? MISSING;
  const running = !isTerminal(task.status);
  return (
    <Link to="/runs/$id" params={{ id: task.task_id }} className={css["popRow"]} onClick={onOpen}>
      <span className={css["popLine"]}>
        {task.status === "failed" ? <MarkIcon mark="fail" size={14} /> : null}
        <CodeLine text={text} />
        {task.result ? <span>{score(task.result.score)}</span> : null}
        {task.result ? <Grade letter={task.result.grade} size={22} /> : null}
      </span>
      <span className="muted" style={{ fontSize: 12, lineHeight: "18px" }}>
        {running ? t(`stages:${task.status}`) : task.error_facts?.code === "cancelled" ? t("cancelled") : task.status === "failed" ? (task.error ?? MISSING) : clockTime(task.finished_at ?? task.created_at)}
        {running && typeof task.progress?.pct === "number" ? ` ${Math.round(task.progress.pct)}%` : ""}
      </span>
      {running ? (
        <span className={css["miniTrack"]} style={{ width: "100%" }}>
          <i style={{ width: `${task.progress?.pct ?? 0}%` }} />
        </span>
      ) : null}
    </Link>
  );
}

export function JobsChip() {
  const { t } = useTranslation("shell");
  const [open, setOpen] = useState(false);
  const tasks = useTasks();
  const list = tasks.data?.tasks ?? [];
  const active = list.filter((task) => !isTerminal(task.status));
  const mean = active.length === 0 ? 0 : active.reduce((sum, task) => sum + (task.progress?.pct ?? 0), 0) / active.length;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withinPortal>
      <Popover.Target>
        <button type="button" className={`${css["chip"]} ${css["chipIconOnly"]}`} data-busy={active.length > 0 ? "" : undefined} onClick={() => setOpen(!open)}>
          <JobsIcon />
          <span className={css["long"]}>{t("jobs")}</span>
          <span>{active.length}</span>
          <span className="sr">{t("jobsRunning")}</span>
          {active.length > 0 ? (
            <span className={css["miniTrack"]}>
              <i style={{ width: `${Math.max(6, mean)}%` }} />
            </span>
          ) : null}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <div className={css["pop"]}>
          <div className={css["popHead"]}>{t("jobs")}</div>
          <div className={css["popList"]}>
            {list.length === 0 ? <Empty title={tasks.error ? t("jobsUnknown") : t("noJobs")} height={90} /> : list.map((task) => <JobRow key={task.task_id} task={task} onOpen={() => setOpen(false)} />)}
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
