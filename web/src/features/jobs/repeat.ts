import type { MarketFacts, Submission, Task } from "@/api/types";

/** The submission that repeats a test as it was: its own parameters and options, today's defaults for what it had none of. */
export function repeatOf({ expression, params, session_id }: Pick<Task, "expression" | "params" | "session_id">, market: MarketFacts): Submission {
  const { prompt = expression ?? "", options, ...rest } = params;
  const { universe, start_date, end_date, n_groups, holding_period, benchmark } = { ...market.defaults, ...rest };
  return {
    prompt,
    universe,
    start_date,
    end_date,
    n_groups,
    holding_period,
    benchmark,
    options: { ...(options ?? {}) } as Submission["options"],
    ...(session_id ? { session_id } : {}),
  };
}
