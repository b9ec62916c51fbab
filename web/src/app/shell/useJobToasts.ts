/** Says that a job has ended when the reader is looking at something else. */

import { useNavigate, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { useTasks } from "@/api/queries";
import { isTerminal, type Task } from "@/api/types";
import { askOf, isIteration, placeOf, wasStopped } from "@/features/jobs/job";
import { score } from "@/lib/format";
import { toast } from "@/lib/toast";

const LONGEST = 40;
const short = (text: string) => ([...text].length > LONGEST ? `${[...text].slice(0, LONGEST).join("")}…` : text);

/** Pages that show the job themselves. */
const shows = (pathname: string, task: Task) => pathname === "/" || pathname === "/jobs" || [task.task_id, task.session_id, task.parent_task_id].some((id) => id !== null && pathname.includes(id));

export function useJobToasts(): void {
  const { t } = useTranslation("shell");
  const navigate = useNavigate();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const tasks = useTasks();
  const open = useRef(new Set<string>());
  const list = tasks.data?.tasks;
  useEffect(() => {
    for (const task of list ?? []) {
      if (!isTerminal(task.status)) open.current.add(task.task_id);
      else if (open.current.delete(task.task_id) && !shows(pathname, task) && !wasStopped(task)) {
        const name = short(askOf(task));
        const action = { label: t("open"), run: () => void navigate(placeOf(task) as never) };
        if (task.status === "failed") toast("error", t("jobFailed", { name, reason: task.error ?? "" }), { action });
        else if (isIteration(task)) toast("success", t("iterationDone", { name }), { action });
        else toast("success", t("jobDone", { name, score: score(task.result?.score), grade: task.result?.grade ?? "—" }), { action });
      }
    }
  }, [list, pathname, navigate, t]);
}
