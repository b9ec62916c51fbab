/** Sessions and what was run in them. Changes are told to the other tabs of the browser, so that all show the same. */

import { useInfiniteQuery, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

import { answered, http } from "./client";
import type { TaskPage } from "./queries";
import type { components } from "./schema";
import { isTerminal, type Task } from "./types";

export type Session = components["schemas"]["SessionObject"];

const PAGE = 100;
const RUNNING_MS = 3_000;
const RESTING_MS = 60_000;
const CHANNEL = "quantgpt";

/** Everything that a change inside a session may touch. */
const TOUCHED = ["sessions", "session-tasks", "lineage", "tasks"] as const;

function lookAgain(client: QueryClient): void {
  for (const key of TOUCHED) void client.invalidateQueries({ queryKey: [key] });
}

/** Read sessions and runs again, here and in every other tab. */
export function announceChange(client: QueryClient): void {
  lookAgain(client);
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage("changed");
  channel.close();
}

/** Follow the changes of the other tabs while the page is open. */
export function useOtherTabs(): void {
  const client = useQueryClient();
  useEffect(() => {
    if (typeof BroadcastChannel === "undefined") return;
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = () => lookAgain(client);
    return () => channel.close();
  }, [client]);
}

export const useSessions = () =>
  useQuery({
    queryKey: ["sessions"],
    queryFn: ({ signal }) => answered<{ sessions: readonly Session[] }>(http.GET("/api/v1/sessions", { signal }), signal).then((body) => body.sessions),
    staleTime: 2_000,
    refetchOnWindowFocus: true,
    refetchInterval: (query) => (query.state.data?.some((one) => (one.running ?? 0) > 0) ? RUNNING_MS : RESTING_MS),
  });

const tasksOf = (session: string, page: number, signal: AbortSignal) =>
  answered<TaskPage>(http.GET("/api/v1/tasks", { params: { query: { session_id: session, page, page_size: PAGE, brief: true } }, signal }), signal);

export interface SessionTasks {
  /** Oldest first, with the key figures of each. */
  readonly tasks: readonly Task[];
  readonly total: number;
}

/** The runs of a session, oldest first; `fetchNextPage` brings earlier ones. */
export const useSessionTasks = (session: string | null) =>
  useInfiniteQuery({
    queryKey: ["session-tasks", session],
    queryFn: ({ signal, pageParam }) => tasksOf(session ?? "", pageParam, signal),
    initialPageParam: 1,
    getNextPageParam: (last, all) => ((last.total ?? 0) > all.length * PAGE ? all.length + 1 : undefined),
    enabled: session !== null,
    staleTime: 1_000,
    refetchOnWindowFocus: true,
    refetchInterval: (query) => (query.state.data?.pages.some((page) => page.tasks.some((task) => !isTerminal(task.status))) ? RUNNING_MS : RESTING_MS),
    select: ({ pages }): SessionTasks => {
      // A run that came in between moves the pages: each counts once.
      const known = new Map(pages.flatMap((page) => page.tasks).map((task) => [task.task_id, task]));
      return { tasks: [...known.values()].reverse(), total: pages[0]?.total ?? known.size };
    },
  });

export const openSession = (name: string | null) => answered<Session>(http.POST("/api/v1/sessions", { body: name === null ? {} : { name } }));

export const useRenameSession = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, name }: { id: string; name: string }) =>
      answered<Pick<Session, "id" | "name">>(http.PATCH("/api/v1/sessions/{session_id}", { params: { path: { session_id: id } }, body: { name } })),
    onSuccess: ({ id, name }) => {
      client.setQueryData<readonly Session[]>(["sessions"], (old) => old?.map((one) => (one.id === id ? { ...one, name } : one)));
    },
    onSettled: () => announceChange(client),
  });
};

/** Delete for good. `keepalive` lets the request outlive the page. */
export const deleteSession = (id: string) =>
  answered<undefined>(http.DELETE("/api/v1/sessions/{session_id}", { params: { path: { session_id: id } }, keepalive: true }));
