/** The state of a job in words: stage and share, the reason of a failure. */

import { useTranslation } from "react-i18next";

import { isTerminal, type Task } from "@/api/types";

import { isIteration, isWaiting, percentOf, wasStopped } from "./job";

export function useStateWords(): (task: Task) => string {
  const { t } = useTranslation(["job", "stages"]);
  return (task) => {
    if (wasStopped(task)) return t("stopped");
    if (task.error_facts?.code === "not_understood") return t("notUnderstood");
    if (task.status === "failed") return task.error ?? t("failedSilently");
    if (isTerminal(task.status)) return isIteration(task) && typeof task.candidates_total === "number" ? t("candidates", { done: task.candidates_done ?? task.candidates_total, total: task.candidates_total }) : t("finished");
    if (isWaiting(task)) return t("waiting");
    if (isIteration(task) && typeof task.candidates_total === "number") return t("candidates", { done: task.candidates_done ?? 0, total: task.candidates_total });
    const percent = percentOf(task);
    return [t(`stages:${task.status}`, { defaultValue: task.status }), percent === null ? "" : `${Math.round(percent)}%`].filter(Boolean).join(" ");
  };
}
