/** What is being written: text, parameters, and the key that makes a double submit one run. Survives reload and expiry. */

import { useCallback, useEffect, useRef, useState } from "react";

import type { MarketFacts, Submission, Task } from "@/api/types";
import { defaultsFor } from "@/lib/defaults";
import { remembered } from "@/lib/storage";

export type Parameters = Omit<Submission, "prompt" | "options" | "session_id"> & {
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

/** Where the draft of a session is kept; null is the conversation that has not begun. */
const place = (session: string | null) => `draft.${session ?? "new"}`;

function restored(session: string | null): Draft {
  const kept = remembered.json<Partial<Draft>>(place(session));
  if (!kept || typeof kept.text !== "string" || typeof kept.key !== "string") return fresh();
  const changed = typeof kept.changed === "object" && kept.changed !== null ? kept.changed : {};
  return { ...fresh(), text: kept.text, key: kept.key, changed, market: typeof kept.market === "string" ? kept.market : null };
}

/** Put the expression and the parameters of a run into the composer, for the next visit to it. */
export function draftFrom({ expression, params }: Pick<Task, "expression" | "params">, market: string | null): void {
  const { universe, start_date, end_date, n_groups, holding_period, benchmark } = params;
  const known = Object.entries({ universe, start_date, end_date, n_groups, holding_period, benchmark }).filter(([, value]) => value !== undefined);
  remembered.setJson(place(null), { ...fresh(), text: expression ?? params.prompt ?? "", changed: Object.fromEntries(known), market });
}

/** The submission that repeats a run as it was. */
export function repeatOf({ expression, params, session_id }: Pick<Task, "expression" | "params" | "session_id">, market: MarketFacts): Submission {
  const { prompt = expression ?? "", options, ...rest } = params;
  const parameters: Parameters = { ...market.defaults, ...rest, costs: options?.["costs"] === "itemised" ? "itemised" : "flat", seal: options?.["seal"] === true };
  return { ...submissionOf(prompt, parameters, market.market), ...(session_id ? { session_id } : {}) };
}

/** The draft of a session. What another tab writes while this one is not looked at comes over. */
export function useDraft(session: string | null) {
  const [draft, setDraft] = useState(() => restored(session));
  const latest = useRef(draft);
  const set = useCallback((next: Draft) => {
    latest.current = next;
    setDraft(next);
  }, []);
  useEffect(() => {
    const onStorage = (event: StorageEvent) => {
      if (event.key === `quantgpt.${place(session)}` && !document.hasFocus()) set(restored(session));
    };
    window.addEventListener("storage", onStorage);
    return () => window.removeEventListener("storage", onStorage);
  }, [session, set]);
  // What is kept and what is shown carry the same key: it is made here, not in an updater that React may run twice.
  const update = useCallback(
    (change: (old: Draft) => Draft) => {
      const next = change(latest.current);
      if (next === latest.current) return;
      set(next);
      remembered.setJson(place(session), next);
    },
    [session, set],
  );
  const setText = useCallback((text: string) => update((old) => (old.text === text ? old : { ...old, text, key: newKey() })), [update]);
  const change = useCallback(
    (part: Partial<Parameters>, market: string) => update((old) => ({ ...old, changed: { ...(old.market === market ? old.changed : {}), ...part }, market, key: newKey() })),
    [update],
  );
  /** After a run was accepted: the text is gone, the parameters stay, for the session that it began as well. */
  const done = useCallback(
    (begun: string | null) =>
      update((old) => {
        const next = { ...old, text: "", key: newKey() };
        if (begun !== null && begun !== session) remembered.setJson(place(begun), { ...next, key: newKey() });
        return next;
      }),
    [update, session],
  );
  return { draft, setText, change, done };
}

/** The parameters in force; choices made for another market do not carry over. */
export function parametersOf(draft: Draft, market: MarketFacts): Parameters {
  const changed = draft.market === market.market ? draft.changed : {};
  return { ...market.defaults, costs: "flat", seal: true, ...defaultsFor(market.market), ...changed };
}

export function submissionOf(text: string, { costs, seal, ...rest }: Parameters, market: string): Submission {
  return { prompt: text.trim(), ...rest, options: { market, costs, seal, execution: "next_open", neutralize_industry: false } };
}
