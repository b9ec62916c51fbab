/** Factor libraries; `kept` is the caller's own. */

import { useQuery } from "@tanstack/react-query";

import { answered, http } from "./client";
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

/** All factors of a library; searching among them is a matter of the page. */
export const useLibrary = (name: string | undefined) =>
  useQuery({
    queryKey: ["library", name],
    queryFn: ({ signal }) => answered<LibraryShelf>(http.GET("/api/v1/libraries/{name}", { params: { path: { name: name ?? "" } }, signal }), signal),
    enabled: name !== undefined,
    staleTime: name === KEPT ? 0 : 600_000,
  });
