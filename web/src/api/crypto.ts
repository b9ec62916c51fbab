/** Crypto backtests: the catalogue, the market, jobs and what is drawn of them. */

import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answered, http } from "./client";
import { isOver, type ChartBars, type Checked, type CryptoJob, type CryptoJobPage, type CryptoMarket, type CryptoTemplate, type JobDetails, type JobStatus, type Timeframe, type Venue } from "./cryptoTypes";

const RUNNING_MS = 700;
const QUEUED_MS = 1_500;
const IDLE_MS = 30_000;
const JOBS_PER_PAGE = 20;
/** Candles that a chart draws at once. */
export const MOST_BARS = 3_000;

type Ask = Record<string, unknown>;

export const useTemplates = () =>
  useQuery({
    queryKey: ["crypto", "templates"],
    queryFn: async ({ signal }) => (await answered<{ data: readonly CryptoTemplate[] }>(http.GET("/api/v1/crypto/templates", { signal }), signal)).data,
    staleTime: Infinity,
  });

export const useCryptoMarket = () =>
  useQuery({
    queryKey: ["crypto", "market"],
    queryFn: ({ signal }) => answered<CryptoMarket>(http.GET("/api/v1/crypto/market", { signal }), signal),
    staleTime: 60_000,
  });

/** What the server says of a configuration while it is written. The last word stands until the next one comes. */
export const useCheck = (ask: Ask, enabled: boolean) =>
  useQuery({
    queryKey: ["crypto", "check", ask],
    queryFn: ({ signal }) => answered<Checked>(http.POST("/api/v1/crypto/check", { body: ask as never, signal }), signal),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
    retry: false,
  });

export const useCryptoJobs = (status: JobStatus | undefined) =>
  useInfiniteQuery({
    queryKey: ["crypto", "jobs", status ?? "all"],
    queryFn: ({ signal, pageParam }) =>
      answered<CryptoJobPage>(
        http.GET("/api/v1/crypto/jobs", { params: { query: { limit: String(JOBS_PER_PAGE), ...(status ? { status } : {}), ...(pageParam ? { cursor: pageParam } : {}) } }, signal }),
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 2_000,
    refetchInterval: (query) => (query.state.data?.pages.some((page) => page.data.some((job) => !isOver(job.status))) ? QUEUED_MS : IDLE_MS),
  });

export const useCryptoJob = (id: string) =>
  useQuery({
    queryKey: ["crypto", "job", id],
    queryFn: ({ signal }) => answered<CryptoJob>(http.GET("/api/v1/crypto/jobs/{crypto_job_id}", { params: { path: { crypto_job_id: id } }, signal }), signal),
    staleTime: (query) => (isOver(query.state.data?.status) ? Infinity : 0),
    refetchInterval: (query) => {
      const status = query.state.data?.status;
      if (status === undefined || isOver(status)) return false;
      return status === "queued" ? QUEUED_MS : RUNNING_MS;
    },
  });

export const useJobDetails = (id: string, over: boolean) =>
  useQuery({
    queryKey: ["crypto", "details", id, over],
    queryFn: ({ signal }) => answered<JobDetails>(http.GET("/api/v1/crypto/jobs/{crypto_job_id}/details", { params: { path: { crypto_job_id: id } }, signal }), signal),
    staleTime: over ? Infinity : 0,
  });

export interface BarsOf {
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
}

/** Bars of a job's own data, as it was when the job ran. */
export const useJobBars = (id: string, { symbol, from, to }: BarsOf) =>
  useQuery({
    queryKey: ["crypto", "bars", id, symbol, from, to],
    queryFn: ({ signal }) => answered<ChartBars>(http.GET("/api/v1/crypto/jobs/{crypto_job_id}/bars", { params: { path: { crypto_job_id: id }, query: { symbol, from, to, most: MOST_BARS } }, signal }), signal),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  });

/** Bars as they are now, for a form. */
export const usePreviewBars = (ask: (BarsOf & { readonly market: Venue; readonly timeframe: Timeframe }) | null) =>
  useQuery({
    queryKey: ["crypto", "preview", ask],
    queryFn: ({ signal }) => answered<ChartBars>(http.GET("/api/v1/crypto/bars", { params: { query: { symbol: ask?.symbol ?? "", market: ask?.market ?? "perp", timeframe: ask?.timeframe ?? "1h", from: ask?.from ?? 0, to: ask?.to ?? 0, most: 600 } }, signal }), signal),
    enabled: ask !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });

/** Send a configuration; the same key twice is one job. */
export function useSubmitCrypto() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ ask, key }: { ask: Ask; key: string }) => answered<CryptoJob>(http.POST("/api/v1/crypto/jobs", { body: ask as never, params: { header: { "idempotency-key": key } } })),
    onSuccess: (job) => {
      client.setQueryData(["crypto", "job", job.id], job);
      void client.invalidateQueries({ queryKey: ["crypto", "jobs"] });
    },
  });
}

export function useCancelCrypto() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answered<CryptoJob>(http.POST("/api/v1/crypto/jobs/{crypto_job_id}/cancel", { params: { path: { crypto_job_id: id } } })),
    onSuccess: (job) => client.setQueryData(["crypto", "job", job.id], job),
    onSettled: (_job, _reason, id) => {
      void client.invalidateQueries({ queryKey: ["crypto", "job", id] });
      void client.invalidateQueries({ queryKey: ["crypto", "jobs"] });
    },
  });
}
