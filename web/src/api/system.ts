/** The server and the machine under it. */

import { useQuery } from "@tanstack/react-query";

import { answered, http } from "./client";
import type { Readiness } from "./queries";
import type { components } from "./schema";

export type SystemFacts = components["schemas"]["SystemFacts"];

/** Asked only while somebody looks. */
export const useSystem = (watched: boolean) =>
  useQuery({
    queryKey: ["system"],
    queryFn: ({ signal }) => answered<SystemFacts>(http.GET("/api/v1/system", { signal }), signal),
    enabled: watched,
    retry: false,
    staleTime: 2_000,
    refetchInterval: 5_000,
  });

/** What works without, but better with: a language model, a data source. */
export const notesOf = (ready: Readiness): Record<string, { readonly configured: boolean; readonly message: string }> => (ready as Partial<components["schemas"]["Readiness"]>).notes ?? {};
