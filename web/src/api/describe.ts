/** What an expression says, in lines and in words, and what was changed about it. The server reads the tree; the page only shows it. */

import { useQueries, useQuery } from "@tanstack/react-query";

import { answered, http } from "./client";
import type { components } from "./schema";

export type Description = components["schemas"]["Description"];

const descriptionQuery = (expression: string, other: string | null, enabled: boolean, market: string | undefined) => ({
  queryKey: ["describe", expression, other, market ?? null] as const,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    answered<Description>(http.POST("/api/v1/expressions/describe", { body: { expression, dialect: "quantgpt" as const, similar: false, others: [], ...(other === null ? {} : { other }), ...(market === undefined ? {} : { market }) }, signal }), signal),
  staleTime: Infinity,
  enabled: enabled && expression.trim() !== "",
  retry: false,
});

/** Asked once per expression, about the market of its run. */
export const useDescription = (expression: string, market?: string) => useQuery(descriptionQuery(expression, null, true, market));

/** What each of some expressions changed about another one, in the order asked for. */
export const useChanges = (expressions: readonly string[], other: string | null, market?: string) =>
  useQueries({ queries: expressions.map((expression) => descriptionQuery(expression, other, other !== null, market)) });
