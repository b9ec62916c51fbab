/** Factor libraries; `kept` is the caller's own. */

import { useQuery } from "@tanstack/react-query";

import { answered, http } from "./client";
import { useMarket } from "./queries";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type LibraryHeads = Schemas["LibraryHeads"];
export type LibraryHead = Schemas["LibraryHead"];
export type LibraryShelf = Schemas["LibraryShelf"];
export type ShelvedFactor = Schemas["ShelvedFactor"];

/** The name of the library that holds the caller's own factors. */
export const KEPT = "kept";

export const useLibraries = () =>
  useQuery({
    queryKey: ["libraries"],
    queryFn: ({ signal }) => answered<LibraryHeads>(http.GET("/api/v1/libraries", { signal }), signal),
    staleTime: 60_000,
  });

/** All factors of a library, and which of them the chosen market has the fields for; searching among them is a matter of the page. */
export const useLibrary = (name: string | undefined) => {
  const market = useMarket();
  const chosen = market.data?.market;
  return useQuery({
    queryKey: ["library", name, chosen],
    queryFn: ({ signal }) => answered<LibraryShelf>(http.GET("/api/v1/libraries/{name}", { params: { path: { name: name ?? "" }, query: chosen === undefined ? {} : { market: chosen } }, signal }), signal),
    // A server without a market answers for none.
    enabled: name !== undefined && (chosen !== undefined || market.isError),
    staleTime: name === KEPT ? 0 : 600_000,
  });
};
