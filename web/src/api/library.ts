/** The factors that a person keeps. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

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

export const useKeepFactor = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, expression, note }: { name: string; expression: string; note: string }) =>
      answered<KeptFactor>(http.POST("/api/v1/factors", { body: { name, expression, note } })),
    onSuccess: () => void client.invalidateQueries({ queryKey: ["kept-factors"] }),
  });
};

export const useDropFactor = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answered<undefined>(http.DELETE("/api/v1/factors/{factor_id}", { params: { path: { factor_id: id } } })),
    onSettled: () => void client.invalidateQueries({ queryKey: ["kept-factors"] }),
  });
};
