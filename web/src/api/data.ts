/** What the data page asks the server for: markets, their health, names, bars, members, sources. */

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answered, asAdmin, http } from "./client";
import type { Adjustment, Bars, Coverage, Frequency, Health, Instrument, MarketItem, MemberHistory, Members, Snapshots, Source } from "./dataTypes";

const LONG_MS = 300_000;

export interface MarketList {
  readonly default: string | null;
  readonly markets: readonly MarketItem[];
}

export const useMarkets = () =>
  useQuery({ queryKey: ["data", "markets"], queryFn: ({ signal }) => answered<MarketList>(http.GET("/api/v1/markets", { signal }), signal), staleTime: 15_000 });

export const useSnapshots = (market: string, enabled: boolean) =>
  useQuery({
    queryKey: ["data", market, "snapshots"],
    queryFn: ({ signal }) => answered<Snapshots>(http.GET("/api/v1/markets/{market}/snapshots", { params: { path: { market } }, signal }), signal),
    enabled,
    staleTime: 5_000,
  });

export const useCoverage = (market: string, enabled = true) =>
  useQuery({
    queryKey: ["data", market, "coverage"],
    queryFn: ({ signal }) => answered<Coverage>(http.GET("/api/v1/markets/{market}/coverage", { params: { path: { market } }, signal }), signal),
    enabled,
    staleTime: LONG_MS,
  });

export const useMarketHealth = (market: string) =>
  useQuery({
    queryKey: ["data", market, "health"],
    queryFn: ({ signal }) => answered<Health>(http.GET("/api/v1/markets/{market}/health", { params: { path: { market } }, signal }), signal),
    staleTime: LONG_MS,
  });

export const useInstruments = (market: string, query: string, limit = 20) =>
  useQuery({
    queryKey: ["data", market, "instruments", query, limit],
    queryFn: ({ signal }) =>
      answered<{ total: number; instruments: readonly Instrument[] }>(http.GET("/api/v1/markets/{market}/instruments", { params: { path: { market }, query: { query, limit } }, signal }), signal),
    staleTime: LONG_MS,
    placeholderData: keepPreviousData,
  });

export interface BarQuery {
  readonly market: string;
  readonly code: string | undefined;
  readonly start?: string | undefined;
  readonly freq: Frequency;
  readonly adjust: Adjustment;
}

export const useBars = ({ market, code, start, freq, adjust }: BarQuery) =>
  useQuery({
    queryKey: ["data", market, "bars", code, start, freq, adjust],
    queryFn: ({ signal }) =>
      answered<Bars>(http.GET("/api/v1/markets/{market}/bars/{code}", { params: { path: { market, code: code ?? "" }, query: { freq, adjust, ...(start ? { start } : {}) } }, signal }), signal),
    enabled: code !== undefined && code !== "",
    staleTime: LONG_MS,
    // Another range or price base of the same name may wait behind the old one; another name may not.
    placeholderData: (old) => (old && old.code === code && old.market === market ? old : undefined),
  });

export const useMemberHistory = (market: string, universe: string) =>
  useQuery({
    queryKey: ["data", market, "history", universe],
    queryFn: ({ signal }) => answered<MemberHistory>(http.GET("/api/v1/markets/{market}/universes/{universe}/history", { params: { path: { market, universe } }, signal }), signal),
    staleTime: LONG_MS,
  });

export const useMembers = (market: string, universe: string, date: string | undefined) =>
  useQuery({
    queryKey: ["data", market, "members", universe, date],
    queryFn: ({ signal }) =>
      answered<Members>(http.GET("/api/v1/markets/{market}/universes/{universe}/members", { params: { path: { market, universe }, query: date ? { date } : {} }, signal }), signal),
    staleTime: LONG_MS,
    placeholderData: keepPreviousData,
  });

export const useSources = () =>
  useQuery({ queryKey: ["data", "sources"], queryFn: async ({ signal }) => (await answered<{ sources: readonly Source[] }>(http.GET("/api/v1/sources", { signal }), signal)).sources, staleTime: 30_000 });

/** Test one source now; the answer takes its place in the list. */
export const useTestSource = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (source: string) => answered<Source>(asAdmin.POST("/api/v1/sources/{source}/test", { params: { path: { source } } })),
    onSuccess: (tested) => client.setQueryData<readonly Source[]>(["data", "sources"], (old) => old?.map((one) => (one.name === tested.name ? tested : one))),
  });
};

/** Everything that was read from a market may be another after it was written to. */
export function useForgetMarket(): () => void {
  const client = useQueryClient();
  return () => {
    for (const key of ["data", "market", "markets", "ready"]) void client.invalidateQueries({ queryKey: [key] });
  };
}

export const useRollback = () => {
  const forget = useForgetMarket();
  return useMutation({
    mutationFn: ({ market, current }: { market: string; current: string }) =>
      answered<{ snapshot: string; left: string }>(asAdmin.POST("/api/v1/markets/{market}/rollback", { params: { path: { market } }, body: { current } })),
    onSettled: forget,
  });
};
