/** What a job is called, how far it is, where it is looked at. */

import { isTerminal, type Task } from "@/api/types";
import { secondsBetween } from "@/lib/moment";

export const isWaiting = (task: Task) => task.status === "pending";
export const isIteration = (task: Task) => task.task_type === "iteration";
export const wasStopped = (task: Task) => task.error_facts?.code === "cancelled";

/** 0…100; null while nothing is known. */
export function percentOf(task: Task): number | null {
  const { pct } = task.progress ?? {};
  if (typeof pct === "number") return Math.min(100, Math.max(0, pct));
  const { candidates_done: done, candidates_total: total } = task;
  return typeof done === "number" && typeof total === "number" && total > 0 ? (100 * done) / total : null;
}

/** The words of the person, or the expression. */
export const askOf = (task: Task): string => task.params.prompt ?? task.expression ?? "";

/** Where it is shown: a test on its page, an iteration in its conversation. */
export function placeOf(task: Task): { to: string; params: Record<string, string> } {
  if (!isIteration(task)) return { to: "/runs/$id", params: { id: task.task_id } };
  if (task.session_id) return { to: "/s/$session", params: { session: task.session_id } };
  return { to: "/runs/$id", params: { id: task.parent_task_id ?? task.task_id } };
}

/** Seconds from the submission to the end, waiting included; null while it is not over. */
export const lastedSeconds = (task: Task): number | null => (isTerminal(task.status) ? secondsBetween(task.created_at, task.finished_at) : null);
