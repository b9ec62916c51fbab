/** Taking files into a market, and asking a source for what is new: staged, shown, then written. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { withAdmin } from "./adminDoor";
import { answered, ApiError, asAdmin, BASE, errorOf } from "./client";
import { useForgetMarket } from "./data";
import type { Import, ImportList, Update } from "./dataTypes";
import type { components } from "./schema";

const POLL_MS = 700;

/** A file with the path that it had in the dropped folder. */
export interface Picked {
  readonly file: File;
  readonly path: string;
}

interface Sending {
  readonly market: string;
  readonly files: readonly Picked[];
  /** 0…1 of the bytes that have left. */
  readonly onShare: (share: number) => void;
  readonly signal: AbortSignal;
}

/** Send by XMLHttpRequest: only it says how much of a large body has left. */
function post({ market, files, onShare, signal }: Sending, authorization: string | null): Promise<Response> {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("market", market);
    for (const { file, path } of files) form.append("files", file, path);
    const request = new XMLHttpRequest();
    request.open("POST", `${BASE}/imports`);
    request.setRequestHeader("Accept", "application/json");
    if (authorization !== null) request.setRequestHeader("Authorization", authorization);
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onShare(event.loaded / event.total);
    };
    const headers = () => {
      const retry = request.getResponseHeader("Retry-After");
      return new Headers({ "Content-Type": "application/json", ...(retry === null ? {} : { "Retry-After": retry }) });
    };
    request.onload = () => resolve(new Response(request.responseText, { status: request.status, headers: headers() }));
    request.onerror = () => reject(new TypeError("offline"));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}

export async function sendFiles(sending: Sending): Promise<Import> {
  let response: Response;
  // A small question first: it finds out whether the password still holds, so that no large body is sent only to be refused.
  await answered(asAdmin.GET("/api/v1/imports", { signal: sending.signal }), sending.signal);
  try {
    response = await withAdmin((authorization) => post(sending, authorization));
  } catch (reason) {
    if (sending.signal.aborted) throw reason;
    throw new ApiError("offline", 0);
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw errorOf(response.status, body, response.headers.get("Retry-After"));
  return body as Import;
}

export const isBusy = (one: { readonly state: Import["state"] } | undefined) => one?.state === "checking" || one?.state === "writing";

export const useImports = (enabled = true) =>
  useQuery({
    queryKey: ["data", "imports"],
    queryFn: ({ signal }) => answered<ImportList>(asAdmin.GET("/api/v1/imports", { signal }), signal),
    enabled,
    staleTime: 2_000,
    refetchInterval: (query) => (query.state.data?.imports.some(isBusy) ? POLL_MS * 3 : false),
  });

/** One import, watched while the server looks through it or writes it. */
export const useImport = (id: string | undefined) =>
  useQuery({
    queryKey: ["data", "import", id],
    queryFn: ({ signal }) => answered<Import>(asAdmin.GET("/api/v1/imports/{import_id}", { params: { path: { import_id: id ?? "" } }, signal }), signal),
    enabled: id !== undefined,
    staleTime: 2_000,
    refetchInterval: (query) => (isBusy(query.state.data) ? POLL_MS : false),
  });

/** Commit, look again, or throw an import away. */
export function useImportActions() {
  const client = useQueryClient();
  const forget = useForgetMarket();
  const keep = (one: Import) => {
    client.setQueryData(["data", "import", one.id], one);
    void client.invalidateQueries({ queryKey: ["data", "imports"] });
  };
  const commit = useMutation({
    mutationFn: ({ id, skip }: { id: string; skip: boolean }) =>
      answered<Import>(asAdmin.POST("/api/v1/imports/{import_id}/commit", { params: { path: { import_id: id } }, body: { skip_bad_rows: skip } })),
    onSuccess: keep,
  });
  const again = useMutation({
    mutationFn: (id: string) => answered<Import>(asAdmin.POST("/api/v1/imports/{import_id}/preview", { params: { path: { import_id: id } } })),
    onSuccess: keep,
  });
  const discard = useMutation({
    mutationFn: (id: string) => answered<undefined>(asAdmin.DELETE("/api/v1/imports/{import_id}", { params: { path: { import_id: id } } })),
    // The list forgets it at once, so that nothing asks for it again.
    onSuccess: (_nothing, id) => client.setQueryData<ImportList>(["data", "imports"], (old) => old && { ...old, imports: old.imports.filter((one) => one.id !== id) }),
    onSettled: () => void client.invalidateQueries({ queryKey: ["data", "imports"] }),
  });
  return { commit, again, discard, keep, forget };
}

// — updates from a source

/** Everything but `apply` may be left out: the server knows its default source and universes. */
type UpdateAsk = components["schemas"]["UpdateBody"];

export const isUnderWay = (update: Update | undefined) => update?.job?.state === "queued" || update?.job?.state === "running";

export const useUpdate = (id: string | undefined) =>
  useQuery({
    queryKey: ["data", "update", id],
    queryFn: ({ signal }) => answered<Update>(asAdmin.GET("/api/v1/updates/{update_id}", { params: { path: { update_id: id ?? "" } }, signal }), signal),
    enabled: id !== undefined,
    staleTime: 2_000,
    refetchInterval: (query) => (isUnderWay(query.state.data) ? POLL_MS : false),
  });

export function useUpdateActions(market: string) {
  const client = useQueryClient();
  const keep = (update: Update) => void client.setQueryData(["data", "update", update.id], update);
  const start = useMutation({
    /** `seen` is the difference that was shown: exactly that is written, or nothing. */
    mutationFn: ({ apply, seen }: { apply: boolean; seen: string | undefined }) =>
      answered<Update>(asAdmin.POST("/api/v1/markets/{market}/updates", { params: { path: { market } }, body: { apply, ...(seen === undefined ? {} : { seen }) } as UpdateAsk })),
    onSuccess: keep,
  });
  const stop = useMutation({
    mutationFn: (id: string) => answered<Update>(asAdmin.DELETE("/api/v1/updates/{update_id}", { params: { path: { update_id: id } } })),
    onSuccess: keep,
  });
  return { start, stop };
}
