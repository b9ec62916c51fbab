/** Tests of many factors of a library in one job: started, followed by polling, stopped, listed. */

import { useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { answered, http } from "./client";
import type { components } from "./schema";
import type { TextRule } from "./types";

type Schemas = components["schemas"];

export type LibraryTestRow = Schemas["LibraryTestRow"];
export type LibraryTestAsk = Schemas["LibraryTestBody"];
/** A test of many factors; `rows` is null in lists. */
export type LibraryTest = Omit<Schemas["LibraryTest"], "summary"> & {
  readonly summary: { readonly distinct: number; readonly failed: number; readonly significant: number; readonly sentence: TextRule | null } | null;
};

/** How many factors one test takes at most; with the four tests and the score far fewer. */
export const MOST_TESTED = { quick: 400, full: 40 } as const;

const POLL_MS = 1200;

export const isRunning = (test: Pick<LibraryTest, "status"> | undefined) => test !== undefined && test.status !== "completed" && test.status !== "failed";

/** The tests of a library, the newest first, without their rows. */
export const useLibraryTests = (library: string) =>
  useQuery({
    queryKey: ["library-tests", library],
    queryFn: ({ signal }) => answered<{ tests: readonly LibraryTest[]; total: number }>(http.GET("/api/v1/library-tests", { params: { query: { library } }, signal }), signal),
    staleTime: 5_000,
  });

/** One test with its rows; while it runs the rows come as they finish. */
export const useLibraryTest = (id: string | undefined) =>
  useQuery({
    queryKey: ["library-test", id],
    queryFn: ({ signal }) => answered<LibraryTest>(http.GET("/api/v1/library-tests/{test_id}", { params: { path: { test_id: id ?? "" } }, signal }), signal),
    enabled: id !== undefined,
    staleTime: (query) => (isRunning(query.state.data) ? 0 : Infinity),
    refetchInterval: (query) => (isRunning(query.state.data) ? POLL_MS : false),
  });

function changed(client: QueryClient, test: LibraryTest): void {
  client.setQueryData(["library-test", test.test_id], test);
  void client.invalidateQueries({ queryKey: ["library-tests", test.library] });
  void client.invalidateQueries({ queryKey: ["tasks"] });
}

/** The key makes a double press one test. */
export const useStartLibraryTest = (library: string) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ ask, key }: { ask: LibraryTestAsk; key: string }) =>
      answered<LibraryTest>(http.POST("/api/v1/libraries/{name}/tests", { params: { path: { name: library }, header: { "idempotency-key": key } }, body: ask })),
    onSuccess: (test) => changed(client, test),
  });
};

export const useStopLibraryTest = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answered<LibraryTest>(http.POST("/api/v1/library-tests/{test_id}/cancel", { params: { path: { test_id: id } } })),
    onSuccess: (test) => changed(client, test),
  });
};
