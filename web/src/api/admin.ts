/** What the administration asks the server for: everybody's counts, accounts, tasks and feedback. */

import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answered, asAdmin } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Overview = Schemas["Overview"];
export type AdminUser = Schemas["AdminUser"];
export type AdminTask = Schemas["AdminTask"];
export type AdminFeedback = Schemas["AdminFeedback"];

/** Rows of one page of a list. */
export const ADMIN_ROWS = 20;

export const useOverview = () =>
  useQuery({
    queryKey: ["admin", "overview"],
    queryFn: ({ signal }) => answered<Overview>(asAdmin.GET("/api/v1/admin/overview", { signal }), signal),
    staleTime: 10_000,
    refetchInterval: (query) => (query.state.status === "error" ? false : 30_000),
  });

export const useAdminUsers = (page: number) =>
  useQuery({
    queryKey: ["admin", "users", page],
    queryFn: ({ signal }) => answered<Schemas["AdminUsers"]>(asAdmin.GET("/api/v1/admin/users", { params: { query: { page, page_size: ADMIN_ROWS } }, signal }), signal),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });

export const useAdminTasks = (page: number, status: string | undefined, user: string | undefined) =>
  useQuery({
    queryKey: ["admin", "tasks", page, status, user],
    queryFn: ({ signal }) => answered<Schemas["AdminTasks"]>(asAdmin.GET("/api/v1/admin/tasks", { params: { query: { page, page_size: ADMIN_ROWS, status: status ?? null, user_id: user ?? null } }, signal }), signal),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });

export const useAdminFeedbacks = (page: number, resolved: boolean | null) =>
  useQuery({
    queryKey: ["admin", "feedbacks", page, resolved],
    queryFn: ({ signal }) => answered<Schemas["AdminFeedbacks"]>(asAdmin.GET("/api/v1/admin/feedbacks", { params: { query: { page, page_size: ADMIN_ROWS, resolved } }, signal }), signal),
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });

export const useResolve = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => answered<Schemas["ResolvedFeedback"]>(asAdmin.PATCH("/api/v1/admin/feedbacks/{feedback_id}/resolve", { params: { path: { feedback_id: id } } })),
    onSettled: () => void client.invalidateQueries({ queryKey: ["admin"] }),
  });
};
