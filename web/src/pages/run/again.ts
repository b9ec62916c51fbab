/** A finished run once more, with what it was asked and nothing of today's choices. */

import { repeatOf } from "@/api/repeat";
import type { RunResult, Submission, Task, TaskParams } from "@/api/types";

/** The expression takes the place of the words: a model may write another one for the same words. */
export function sameAgain(task: Pick<Task, "expression" | "params" | "session_id">, { params }: Pick<RunResult, "params">): Submission {
  const known = { costs: typeof params.cost_model === "string" ? params.cost_model : "flat", execution: params.execution ?? "next_open", neutralize_industry: params["neutralize_industry"] === true, seal: params["seal"] === true };
  const { universe, start_date, end_date, n_groups, holding_period, benchmark } = params;
  const options: TaskParams["options"] = { ...known, ...(task.params.options ?? {}), ...(params.market ? { market: params.market } : {}) };
  return repeatOf({ ...task, params: { universe, start_date, end_date, n_groups, holding_period, benchmark, options } }, params.expression);
}

/** What two runs of one factor on one snapshot must have in common, whatever else was tried in between. */
const PRINTS = ["factor_hash", "daily_hash", "data_snapshot", "seed", "engine"] as const;

export interface Compared {
  readonly name: string;
  readonly value: string;
  readonly same: boolean;
}

type Manifest = Record<string, unknown> | null | undefined;

/** The fingerprints side by side; the hash of the whole result apart, because corrections for further trials are part of it. */
export function compared(mine: Manifest, theirs: Manifest): { readonly prints: readonly Compared[]; readonly result: Compared } | null {
  if (!mine || !theirs) return null;
  const row = (name: string): Compared => ({ name, value: String(mine[name] ?? ""), same: mine[name] === theirs[name] });
  return { prints: PRINTS.map(row), result: row("result_hash") };
}
