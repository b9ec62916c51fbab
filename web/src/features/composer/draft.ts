/** What is being written: text, parameters, and the key that makes a double submit one run. Survives reload and expiry. */

import { useCallback, useEffect, useState } from "react";

import type { MarketFacts, Submission, Task } from "@/api/types";
import { remembered } from "@/lib/storage";

export type Parameters = Omit<Submission, "prompt" | "options"> & {
  readonly costs: "flat" | "itemised";
  /** Leave the last quarter of the range alone, for one look at the end of a search. */
  readonly seal: boolean;
};

export interface Draft {
  readonly text: string;
  /** Parameters that the reader changed; the rest are the market's defaults. */
  readonly changed: Partial<Parameters>;
  readonly market: string | null;
  readonly key: string;
}

const newKey = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
const fresh = (): Draft => ({ text: "", changed: {}, market: null, key: newKey() });

function restored(): Draft {
  const kept = remembered.json<Partial<Draft>>("draft");
  if (!kept || typeof kept.text !== "string" || typeof kept.key !== "string") return fresh();
  const changed = typeof kept.changed === "object" && kept.changed !== null ? kept.changed : {};
  return { ...fresh(), text: kept.text, key: kept.key, changed, market: typeof kept.market === "string" ? kept.market : null };
}

/** Put the expression and the parameters of a run into the composer, for the next visit to it. */
export function draftFrom({ expression, params }: Pick<Task, "expression" | "params">, market: string | null): void {
  const { universe, start_date, end_date, n_groups, holding_period, benchmark } = params;
  const known = Object.entries({ universe, start_date, end_date, n_groups, holding_period, benchmark }).filter(([, value]) => value !== undefined);
  remembered.setJson("draft", { ...fresh(), text: expression ?? params.prompt ?? "", changed: Object.fromEntries(known), market });
}

/** The submission that repeats a run as it was. */
export function repeatOf({ expression, params }: Pick<Task, "expression" | "params">, market: MarketFacts): Submission {
  const { prompt = expression ?? "", options, ...rest } = params;
  return submissionOf(prompt, { ...market.defaults, ...rest, costs: options?.["costs"] === "itemised" ? "itemised" : "flat", seal: options?.["seal"] === true });
}

export function useDraft() {
  const [draft, setDraft] = useState(restored);
  useEffect(() => remembered.setJson("draft", draft), [draft]);
  const setText = useCallback((text: string) => setDraft((old) => (old.text === text ? old : { ...old, text, key: newKey() })), []);
  const change = useCallback(
    (part: Partial<Parameters>, market: string) =>
      setDraft((old) => ({ ...old, changed: { ...(old.market === market ? old.changed : {}), ...part }, market, key: newKey() })),
    [],
  );
  /** After a run was accepted: the text is gone, the parameters stay. */
  const done = useCallback(() => setDraft((old) => ({ ...old, text: "", key: newKey() })), []);
  return { draft, setText, change, done };
}

/** The parameters in force; choices made for another market do not carry over. */
export function parametersOf(draft: Draft, market: MarketFacts): Parameters {
  const changed = draft.market === market.market ? draft.changed : {};
  return { ...market.defaults, costs: "flat", seal: true, ...changed };
}

export function submissionOf(text: string, { costs, seal, ...rest }: Parameters): Submission {
  return { prompt: text.trim(), ...rest, options: { costs, seal, execution: "next_open", neutralize_industry: false } };
}
