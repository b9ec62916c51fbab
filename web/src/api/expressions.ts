/** Everything that can be said of an expression without running it, kept in step with what is being typed. */

import { useEffect, useState } from "react";

import { answered, ApiError, http } from "./client";
import type { components } from "./schema";

export type Dialect = "quantgpt" | "qlib";
export const DIALECTS: readonly Dialect[] = ["quantgpt", "qlib"];

type Schemas = components["schemas"];
export type Description = Schemas["Description"];
export type SimilarFactor = Schemas["Similar"];
export type InDialect = Schemas["InDialect"];

const PAUSE_MS = 150;
const RETRY_MS = 4000;

const ask = (expression: string, dialect: Dialect, market: string | undefined, signal: AbortSignal) =>
  answered<Description>(http.POST("/api/v1/expressions/describe", { body: { expression, dialect, similar: true, others: [], ...(market === undefined ? {} : { market }) }, signal }), signal);

export interface LiveDescription {
  /** The answer for exactly the current text, when it is there. */
  readonly now: Description | null;
  /** The last answer that was valid, for facts that should not flicker while typing. */
  readonly lastValid: Description | null;
  readonly failure: ApiError | null;
}

/** Ask 150 ms after the last key; answers to an older text, another dialect or another market are dropped. */
export function useDescription(text: string, dialect: Dialect, market?: string): LiveDescription {
  const [answer, setAnswer] = useState<{ text: string; dialect: Dialect; market: string | undefined; body: Description } | null>(null);
  const [lastValid, setLastValid] = useState<Description | null>(null);
  const [failure, setFailure] = useState<ApiError | null>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (failure?.offline !== true) return;
    const timer = setTimeout(() => setAttempt((count) => count + 1), RETRY_MS);
    return () => clearTimeout(timer);
  }, [failure]);
  useEffect(() => {
    if (!text.trim()) {
      setFailure(null);
      return;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => {
      ask(text, dialect, market, stop.signal)
        .then((body) => {
          if (stop.signal.aborted) return;
          setAnswer({ text, dialect, market, body });
          setFailure(null);
          if (body.valid) setLastValid(body);
        })
        .catch((reason: unknown) => {
          if (!stop.signal.aborted) setFailure(reason instanceof ApiError ? reason : new ApiError(String(reason), 0));
        });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, dialect, market, attempt]);
  const now = answer !== null && answer.text === text && answer.dialect === dialect && answer.market === market && text.trim() ? answer.body : null;
  return { now, lastValid: text.trim() ? lastValid : null, failure: now ? null : failure };
}
