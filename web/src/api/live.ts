/** A question about a text that is being typed: asked when the typing pauses, answered for exactly the text that stands there. */

import { useEffect, useState } from "react";

import { ApiError } from "./client";

const PAUSE_MS = 150;
const RETRY_MS = 4000;

export interface Live<T> {
  /** The answer for exactly the current text, when it is there. */
  readonly now: T | null;
  /** The last answer that was valid, for facts that should not flicker while typing. */
  readonly lastValid: T | null;
  readonly failure: ApiError | null;
}

type Ask<T> = (text: string, signal: AbortSignal) => Promise<T>;

/** Ask 150 ms after the last key; answers to an older text or to another question are dropped. `ask` is the question: it must keep its identity while it stays the same. */
export function useLive<T extends { readonly valid: boolean }>(text: string, ask: Ask<T>): Live<T> {
  const [answer, setAnswer] = useState<{ text: string; ask: Ask<T>; body: T } | null>(null);
  const [lastValid, setLastValid] = useState<T | null>(null);
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
      ask(text, stop.signal)
        .then((body) => {
          if (stop.signal.aborted) return;
          setAnswer({ text, ask, body });
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
  }, [text, ask, attempt]);
  const now = answer !== null && answer.text === text && answer.ask === ask && text.trim() ? answer.body : null;
  return { now, lastValid: text.trim() ? lastValid : null, failure: now ? null : failure };
}
