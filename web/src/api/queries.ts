/** What the pages ask the server for. Server state lives in the query cache and nowhere else. */

import { MutationCache, QueryCache, QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";

import { usePreference } from "@/lib/preference";

import { answered, ApiError, http } from "./client";
import { useLive, type Live } from "./live";
import { announceChange } from "./sessions";
import { follow, readTask } from "./stream";
import { isTerminal, type MarketFacts, type Submission, type Task, type Validation } from "./types";

const RETRIES = 2;

export function makeQueryClient(): QueryClient {
  /** After a failure it is worth knowing at once whether the server is ready. */
  const lookAgain = () => void client.invalidateQueries({ queryKey: ["ready"] });
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (_reason, query) => {
        if (query.queryKey[0] !== "ready") lookAgain();
      },
    }),
    mutationCache: new MutationCache({ onError: lookAgain }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        networkMode: "always",
        retry: (count, reason) => reason instanceof ApiError && (reason.offline || reason.status >= 500) && count < RETRIES,
        retryDelay: (count) => 600 * 2 ** count,
      },
      mutations: { networkMode: "always" },
    },
  });
  return client;
}

const marketFacts = (market: string | null, signal: AbortSignal) =>
  answered<MarketFacts>(http.GET("/api/v1/market", { params: { query: market === null ? {} : { market } }, signal }), signal);

/** The market that the reader chose, or the server's own. */
export const useMarket = () => {
  const [chosen] = usePreference("market");
  return useQuery({
    queryKey: ["market", chosen],
    queryFn: ({ signal }) =>
      marketFacts(chosen, signal).catch((reason: unknown) => {
        if (chosen !== null && reason instanceof ApiError && reason.status === 404) return marketFacts(null, signal);
        throw reason;
      }),
    placeholderData: (old) => old,
    staleTime: 60_000,
    refetchInterval: (query) => (query.state.status === "error" ? 5_000 : 60_000),
  });
};

export const useHealth = () =>
  useQuery({
    queryKey: ["health"],
    queryFn: ({ signal }) => answered<{ status: string; active_tasks: number; total_tasks: number }>(http.GET("/api/v1/health", { signal }), signal),
    retry: false,
    staleTime: 0,
    refetchInterval: (query) => (query.state.status === "error" ? 4_000 : 20_000),
  });

export interface Readiness {
  readonly status: string;
  readonly checks: Record<string, { readonly ok: boolean; readonly message: string }>;
}

/** What a run needs and whether it is there. A server that is not ready says so with the same body. */
export const useReady = () =>
  useQuery({
    queryKey: ["ready"],
    queryFn: async ({ signal }) => {
      const { data, error, response } = await http.GET("/api/v1/health/ready", { signal });
      const body = (data ?? error) as Readiness | undefined;
      if (!body?.checks) throw new ApiError(`HTTP ${response.status}`, response.status);
      return body;
    },
    retry: false,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.status === "success" && state.data?.status === "ready" ? 30_000 : 5_000),
  });

export interface TaskPage {
  readonly tasks: readonly Task[];
  readonly total?: number;
}

export const useTasks = (count = 12) =>
  useQuery({
    queryKey: ["tasks", count],
    queryFn: ({ signal }) => answered<TaskPage>(http.GET("/api/v1/tasks", { params: { query: { page_size: count, brief: true } }, signal }), signal),
    staleTime: 2_000,
    refetchInterval: (query) => (query.state.data?.tasks.some((task) => !isTerminal(task.status)) ? 2_500 : 30_000),
  });

export const useTask = (id: string | undefined) =>
  useQuery({
    queryKey: ["task", id],
    queryFn: ({ signal }) => readTask(id ?? "", signal),
    enabled: id !== undefined,
    staleTime: (query) => (isTerminal(query.state.data?.status) ? Infinity : 0),
  });

export interface Link {
  readonly connected: boolean;
  readonly retryInSeconds: number;
}

/** Keep one running task fresh in the cache; says whether the server can be heard. */
export function useFollow(id: string | undefined, active: boolean): Link {
  const client = useQueryClient();
  const [link, setLink] = useState<Link>({ connected: true, retryInSeconds: 0 });
  useEffect(() => {
    if (!id || !active) return;
    const stop = new AbortController();
    follow(
      id,
      {
        onTask: (task) => {
          client.setQueryData(["task", id], task);
          if (isTerminal(task.status)) announceChange(client);
        },
        onLink: (connected, retryInSeconds) => {
          if (!connected) void client.invalidateQueries({ queryKey: ["ready"] });
          setLink((old) => (old.connected === connected && old.retryInSeconds === retryInSeconds ? old : { connected, retryInSeconds }));
        },
      },
      stop.signal,
    ).catch(() => {
      if (!stop.signal.aborted) void client.invalidateQueries({ queryKey: ["task", id] });
    });
    return () => stop.abort();
  }, [client, id, active]);
  return link;
}

export const post = (ask: Submission, key: string) =>
  answered<{ task_id: string; status: string }>(http.POST("/api/v1/auto_backtest", { params: { header: { "idempotency-key": key } }, body: ask }));

/** The key makes a double press, or the same press in two tabs, one submission. */
export const useSubmit = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ ask, key }: { ask: Submission; key: string }) => post(ask, key),
    onSuccess: () => announceChange(client),
  });
};

export const useCancel = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answered<Task>(http.POST("/api/v1/tasks/{task_id}/cancel", { params: { path: { task_id: id } } })),
    onSettled: (_task, _reason, id) => {
      void client.invalidateQueries({ queryKey: ["task", id] });
      announceChange(client);
    },
  });
};

export type LiveValidation = Live<Validation>;

/** Whether a text is an expression on one market, while it is typed. */
export function useValidation(text: string, market?: string): LiveValidation {
  const ask = useCallback(
    (expression: string, signal: AbortSignal) =>
      answered<Validation>(http.POST("/api/v1/expressions/validate", { body: { expression, ...(market === undefined ? {} : { market }) }, signal }), signal),
    [market],
  );
  return useLive(text, ask);
}
