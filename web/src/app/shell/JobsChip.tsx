/** How many jobs are under way and how far they are on average; opens those that run, wait, or failed last. */

import { Popover } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useTasks } from "@/api/queries";
import { isTerminal, type Task } from "@/api/types";
import { besides, useUnfinished } from "@/api/unfinished";
import { JobLine } from "@/features/jobs/JobLine";
import { isWaiting } from "@/features/jobs/job";
import { OtherJob } from "@/features/jobs/OtherJob";
import { JobsIcon } from "@/ui/icons";
import { Empty, Loading } from "@/ui/states";

import css from "./Shell.module.css";

const FAILED_SHOWN = 3;
const DONE_SHOWN = 4;

/** Running first, then waiting, then what failed last, then what was finished last. */
function inOrder(list: readonly Task[]): Task[] {
  const open = list.filter((task) => !isTerminal(task.status));
  const ended = list.filter((task) => isTerminal(task.status));
  return [
    ...open.filter((task) => !isWaiting(task)),
    ...open.filter(isWaiting),
    ...ended.filter((task) => task.status === "failed").slice(0, FAILED_SHOWN),
    ...ended.filter((task) => task.status !== "failed").slice(0, DONE_SHOWN),
  ];
}

export function JobsChip() {
  const { t } = useTranslation("shell");
  const [open, setOpen] = useState(false);
  const tasks = useTasks();
  const list = tasks.data?.tasks ?? [];
  const unfinished = useUnfinished();
  const jobs = unfinished.data?.jobs ?? [];
  const count = unfinished.data?.total ?? 0;
  const mean = jobs.length === 0 ? 0 : jobs.reduce((sum, job) => sum + job.pct, 0) / jobs.length;
  const others = besides(jobs, list);
  const close = () => setOpen(false);
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withinPortal trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={`${css["chip"]} ${css["jobsChip"]}`} data-busy={count > 0 ? "" : undefined} onClick={() => setOpen(!open)} data-testid="jobs-chip">
          <span className="sr">{t("jobsLabel", { count })}</span>
          <JobsIcon />
          <span className={css["long"]} aria-hidden="true">{t("jobs")}</span>
          <span className={css["jobsCount"]} aria-hidden="true">{count}</span>
          {count > 0 ? (
            <span className={css["miniTrack"]}>
              <i style={{ width: `${Math.max(6, mean)}%` }} />
            </span>
          ) : null}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <div className={css["pop"]}>
          <div className={css["popHead"]}>
            <h2>{t("jobs")}</h2>
            <Link to="/jobs" onClick={close}>{t("allJobs")}</Link>
          </div>
          <div className={css["popList"]}>
            {open ? others.map((job) => <OtherJob key={job.id} job={job} />) : null}
            {list.length > 0 || others.length > 0 ? null : tasks.isPending ? <Loading height={90} /> : <Empty title={t(tasks.error ? "jobsUnknown" : "noJobs")} height={90} />}
            {open ? inOrder(list).map((task) => <JobLine key={task.task_id} task={task} onOpen={close} />) : null}
          </div>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
