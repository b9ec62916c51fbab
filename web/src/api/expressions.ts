/** Everything that can be said of an expression without running it, kept in step with what is being typed. */

import { useCallback } from "react";

import { answered, http } from "./client";
import { useLive, type Live } from "./live";
import type { components } from "./schema";

export type Dialect = "quantgpt" | "qlib";
export const DIALECTS: readonly Dialect[] = ["quantgpt", "qlib"];

type Schemas = components["schemas"];
export type Description = Schemas["Description"];
export type SimilarFactor = Schemas["Similar"];
export type InDialect = Schemas["InDialect"];

export type LiveDescription = Live<Description>;

/** What is said of a text in one dialect, on one market, while it is typed. */
export function useDescription(text: string, dialect: Dialect, market?: string): LiveDescription {
  const ask = useCallback(
    (expression: string, signal: AbortSignal) =>
      answered<Description>(http.POST("/api/v1/expressions/describe", { body: { expression, dialect, similar: true, others: [], ...(market === undefined ? {} : { market }) }, signal }), signal),
    [dialect, market],
  );
  return useLive(text, ask);
}
