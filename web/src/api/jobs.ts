/** Pages of the reader's jobs, newest first. */

import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { answered, http } from "./client";
import type { TaskPage } from "./queries";
import { isTerminal } from "./types";

export const JOB_FILTERS = ["all", "tests", "iterations", "failed", "waiting"] as const;
export type JobFilter = (typeof JOB_FILTERS)[number];

const QUERY = { all: {}, tests: { task_type: "backtest" }, iterations: { task_type: "iteration" }, failed: { status: "failed" }, waiting: { status: "pending" } } as const;

export const JOBS_PER_PAGE = 50;

export const useJobPage = (filter: JobFilter, page: number) =>
  useQuery({
    queryKey: ["tasks", "page", filter, page],
    queryFn: ({ signal }) => answered<TaskPage & { readonly total: number }>(http.GET("/api/v1/tasks", { params: { query: { page, page_size: JOBS_PER_PAGE, brief: true, ...QUERY[filter] } }, signal }), signal),
    placeholderData: keepPreviousData,
    staleTime: 2_000,
    refetchInterval: (query) => (query.state.data?.tasks.some((task) => !isTerminal(task.status)) ? 2_500 : 30_000),
  });
