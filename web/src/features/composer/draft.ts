/** What is being written: text, parameters, and the key that makes a double submit one run. Survives reload and expiry. */

import { useCallback, useEffect, useRef, useState } from "react";

import type { MarketFacts, Submission, Task } from "@/api/types";
import { defaultsFor } from "@/lib/defaults";
import { newKey } from "@/lib/key";
import { remembered } from "@/lib/storage";

export type Parameters = Omit<Submission, "prompt" | "options" | "session_id"> & {
  readonly costs: "flat" | "itemised";
  /** Leave the last quarter of the range alone, for one look at the end of a search. */
  readonly seal: boolean;
};

interface Written {
  readonly text: string;
  /** Parameters that the reader changed; the rest are the market's defaults. */
  readonly changed: Partial<Parameters>;
  readonly market: string | null;
}

export interface Draft extends Written {
  readonly key: string;
  /** What was being written before something else was put in its place; one press brings it back. */
  readonly earlier: Written | null;
}

/** What something else puts into the composer. */
export interface Offer {
  readonly text: string;
  readonly changed?: Partial<Parameters>;
  readonly market?: string | null;
  /** Of a submission that was not taken: running it again is the same submission. */
  readonly key?: string;
}

const fresh = (): Draft => ({ text: "", changed: {}, market: null, key: newKey(), earlier: null });

/** Where the draft of a session is kept; null is the conversation that has not begun. */
const place = (session: string | null) => `draft.${session ?? "new"}`;

const isObject = (kept: unknown): kept is Record<string, unknown> => typeof kept === "object" && kept !== null && !Array.isArray(kept);

function written(kept: unknown): Written | null {
  if (!isObject(kept) || typeof kept["text"] !== "string") return null;
  return { text: kept["text"], changed: isObject(kept["changed"]) ? kept["changed"] : {}, market: typeof kept["market"] === "string" ? kept["market"] : null };
}

function restored(session: string | null): Draft {
  const kept = remembered.json<Partial<Draft>>(place(session));
  const own = written(kept);
  if (!own || typeof kept?.key !== "string") return fresh();
  return { ...own, key: kept.key, earlier: written(kept.earlier) };
}

/** Something else in the place of what was being written, which can be brought back. */
function replaced(old: Draft, { text, changed = old.changed, market = old.market, key = newKey() }: Offer): Draft {
  const lost = old.text.trim() !== "" && old.text !== text;
  return { text, changed, market, key, earlier: lost ? { text: old.text, changed: old.changed, market: old.market } : old.earlier };
}

/** The expression and the parameters of a run, to be changed. */
export function offerOf({ expression, params }: Pick<Task, "expression" | "params">, market: string | null): Offer {
  const { universe, start_date, end_date, n_groups, holding_period, benchmark, options } = params;
  const costs = options?.["costs"];
  const seal = options?.["seal"];
  const asked = { universe, start_date, end_date, n_groups, holding_period, benchmark, costs: costs === "flat" || costs === "itemised" ? costs : undefined, seal: typeof seal === "boolean" ? seal : undefined };
  const changed = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) as Partial<Parameters>;
  return { text: expression ?? params.prompt ?? "", changed, market };
}

/** Put the expression and the parameters of a run into the composer, for the next visit to it. */
export function draftFrom(task: Pick<Task, "expression" | "params">, market: string | null): void {
  remembered.setJson(place(null), replaced(restored(null), offerOf(task, market)));
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
  /** Put something else into the composer; the answer is what stands there then. */
  const put = useCallback(
    (offer: Offer): Draft => {
      update((old) => (old.text === offer.text && offer.changed === undefined && offer.key === undefined ? old : replaced(old, offer)));
      return latest.current;
    },
    [update],
  );
  const bringBack = useCallback(() => update((old) => (old.earlier === null ? old : { ...old.earlier, key: newKey(), earlier: null })), [update]);
  const forgetEarlier = useCallback(() => update((old) => (old.earlier === null ? old : { ...old, earlier: null })), [update]);
  /** After a run was accepted: its text is gone, what was written since stays, and all of it goes along with the session that it began. */
  const done = useCallback(
    (begun: string | null, sent: string) =>
      update((old) => {
        const next = { ...old, text: old.key === sent ? "" : old.text, key: newKey() };
        if (begun === null || begun === session) return next;
        remembered.setJson(place(begun), { ...next, key: newKey() });
        return { ...next, text: "", earlier: null };
      }),
    [update, session],
  );
  return { draft, setText, change, put, bringBack, forgetEarlier, done };
}

/** The parameters in force; choices made for another market do not carry over. */
export function parametersOf(draft: Draft, market: MarketFacts): Parameters {
  const changed = draft.market === market.market ? draft.changed : {};
  return { ...market.defaults, costs: "flat", seal: true, ...defaultsFor(market.market), ...changed };
}

export function submissionOf(text: string, { costs, seal, ...rest }: Parameters, market: string): Submission {
  return { prompt: text.trim(), ...rest, options: { market, costs, seal, execution: "next_open", neutralize_industry: false } };
}
