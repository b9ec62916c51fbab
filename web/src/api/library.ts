/** The factors that a person keeps. */

import { useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { answered, http } from "./client";

export interface KeptFactor {
  readonly id: string;
  readonly name: string;
  readonly expression: string;
  readonly direction: number | null;
  readonly universe: string | null;
  readonly task_id: string | null;
  readonly note: string;
  readonly facts: Record<string, unknown>;
  readonly created_at: string;
}

export const useKeptFactors = () =>
  useQuery({
    queryKey: ["kept-factors"],
    queryFn: ({ signal }) => answered<{ factors: readonly KeptFactor[] }>(http.GET("/api/v1/factors", { signal }), signal).then((body) => body.factors),
    staleTime: 30_000,
  });

/** Lists that show kept factors ask again. */
function keptChanged(client: QueryClient): void {
  for (const queryKey of [["kept-factors"], ["library", "kept"], ["libraries"]]) void client.invalidateQueries({ queryKey });
}

export const useKeepFactor = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, expression, note }: { name: string; expression: string; note: string }) =>
      answered<KeptFactor>(http.POST("/api/v1/factors", { body: { name, expression, note } })),
    onSuccess: () => keptChanged(client),
  });
};

export const useDropFactor = () => {
  const client = useQueryClient();
  return useMutation({
    // The request outlives the page: whoever leaves before the time for an undo is over has not taken it back.
    mutationFn: (id: string) => answered<undefined>(http.DELETE("/api/v1/factors/{factor_id}", { params: { path: { factor_id: id } }, keepalive: true })),
    onSettled: () => keptChanged(client),
  });
};
