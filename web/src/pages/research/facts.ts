/** What a run, or a candidate of an iteration, says of the search behind it. */

import type { SearchFacts } from "@/features/lineage/LuckPanel";
import { candidatesOf } from "@/features/lineage/tree";
import type { SealedFacts } from "@/features/sealed/seal";
import type { Task } from "@/api/types";

export type Search = SearchFacts & { readonly sealed?: SealedFacts | null };

/** The facts of the candidate at that place; those of the whole generation fill in where it has none. */
export function searchOf(task: Task, candidate: number | null): Search | null {
  const whole = (task.result as unknown as { search?: Search | null } | null)?.search ?? null;
  if (task.task_type !== "iteration") return whole;
  const own = candidate === null ? null : ((candidatesOf(task)[candidate] as unknown as { search?: Search | null } | undefined)?.search ?? null);
  if (own === null && whole === null) return null;
  return { ...whole, ...own, sealed: own?.sealed ?? whole?.sealed ?? null };
}

/** The market of the last run that names one; a run that named none was made on the market of its day, which is in its result. */
export function marketOf(tasks: readonly Pick<Task, "params" | "result">[]): string | null {
  for (const { params, result } of [...tasks].reverse()) {
    const named = (result as Partial<NonNullable<Task["result"]>> | null)?.params?.market ?? params.market ?? params.options?.["market"];
    if (typeof named === "string" && named !== "") return named;
  }
  return null;
}
