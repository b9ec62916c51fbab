/** Everything of the caller that waits or runs: tasks, tests of libraries, correlations. The server counts it; lists of tasks know only a part. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answered, http } from "./client";
import type { components } from "./schema";

export type UnfinishedJob = components["schemas"]["UnfinishedJob"];
export type UnfinishedJobs = components["schemas"]["UnfinishedJobs"];

const BUSY_MS = 2_500;
const IDLE_MS = 30_000;

/** Asked again whenever the list of tasks is: their keys begin alike. */
export const useUnfinished = () =>
  useQuery({
    queryKey: ["tasks", "unfinished"],
    queryFn: ({ signal }) => answered<UnfinishedJobs>(http.GET("/api/v1/jobs/unfinished", { signal }), signal),
    staleTime: 2_000,
    refetchInterval: (query) => ((query.state.data?.total ?? 0) > 0 ? BUSY_MS : IDLE_MS),
  });

export const useEndJob = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answered<UnfinishedJob>(http.POST("/api/v1/jobs/{job_id}/cancel", { params: { path: { job_id: id } } })),
    onSettled: () => void client.invalidateQueries({ queryKey: ["tasks"] }),
  });
};

/** Jobs that no list of tasks shows: their kind has none, or they are older than the tasks at hand. */
export const besides = (jobs: readonly UnfinishedJob[], tasks: readonly { readonly task_id: string }[]): UnfinishedJob[] => {
  const shown = new Set(tasks.map((task) => task.task_id));
  return jobs.filter((job) => !shown.has(job.id));
};
