/** Follow one task: a fetch stream of server-sent events that resumes after a break, polling when streams do not get through. */

import { BASE, letIn, withAccess } from "./access";
import { answered, ApiError, errorOf, http } from "./client";
import { isTerminal, type Task } from "./types";

export interface ServerEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** Cut a text stream into events. Comments and half events yield nothing. */
export class EventParser {
  private rest = "";

  push(chunk: string): ServerEvent[] {
    this.rest += chunk;
    const blocks = this.rest.split(/\r\n\r\n|\n\n|\r\r/);
    this.rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => {
      let id: string | null = null;
      let event = "message";
      const data: string[] = [];
      for (const line of block.split(/\r\n|\n|\r/)) {
        const colon = line.indexOf(":");
        if (colon === 0) continue;
        const name = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (name === "id") id = value;
        else if (name === "event") event = value;
        else if (name === "data") data.push(value);
      }
      return data.length > 0 ? [{ id, event, data: data.join("\n") }] : [];
    });
  }
}

export interface Follower {
  /** A newer state of the task. */
  onTask: (task: Task) => void;
  /** Whether the server can be heard; with the seconds to the next try when not. */
  onLink: (connected: boolean, retryInSeconds: number) => void;
}

export const readTask = (id: string, signal: AbortSignal) =>
  answered<Task>(http.GET("/api/v1/tasks/{task_id}", { params: { path: { task_id: id } }, signal }), signal);

const FAILURES_BEFORE_POLLING = 3;
const POLL_SECONDS = 1;
/** The server sends a comment every 15 s; a stream that is silent for longer is dead without saying so. */
const SILENCE_SECONDS = 25;

const pause = (secondsToWait: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, secondsToWait * 1000);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });

async function listen(id: string, last: string | null, outer: AbortSignal, onEvent: (event: ServerEvent) => void): Promise<void> {
  const silence = new AbortController();
  const signal = AbortSignal.any([outer, silence.signal]);
  let watch = setTimeout(() => silence.abort(), SILENCE_SECONDS * 1000);
  const heard = () => {
    clearTimeout(watch);
    watch = setTimeout(() => silence.abort(), SILENCE_SECONDS * 1000);
  };
  try {
    await read(id, last, signal, onEvent, heard);
  } finally {
    clearTimeout(watch);
  }
}

async function read(id: string, last: string | null, signal: AbortSignal, onEvent: (event: ServerEvent) => void, heard: () => void): Promise<void> {
  const answer = await withAccess((authorization) =>
    globalThis.fetch(`${BASE}/tasks/${encodeURIComponent(id)}/stream`, {
      headers: { Accept: "text/event-stream", ...(last === null ? {} : { "Last-Event-ID": last }), ...(authorization === null ? {} : { Authorization: authorization }) },
      signal,
    }),
  );
  if (!answer.ok || !answer.body) throw errorOf(answer.status, await answer.json().catch(() => null), answer.headers.get("Retry-After"));
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const parser = new EventParser();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    heard();
    for (const event of parser.push(value)) onEvent(event);
  }
}

/** Resolves when the task has ended, the reader went away or the task does not exist. */
export async function follow(id: string, { onTask, onLink }: Follower, signal: AbortSignal): Promise<void> {
  let last: string | null = null;
  let failures = 0;
  let ended = false;
  const see = (task: Task) => {
    onTask(task);
    ended = ended || isTerminal(task.status);
  };
  while (!signal.aborted && !ended) {
    try {
      if (failures < FAILURES_BEFORE_POLLING) {
        await listen(id, last, signal, ({ id: eventId, event, data }) => {
          if (eventId !== null) last = eventId;
          failures = 0;
          onLink(true, 0);
          if (event === "update") see(JSON.parse(data) as Task);
          else if (event === "done") ended = true;
        });
        // A stream that closes without an end was cut: count it, so that a proxy that buffers leads to polling.
        if (!ended) failures += 1;
      } else {
        see(await readTask(id, signal));
        onLink(true, 0);
        if (!ended) await pause(POLL_SECONDS, signal);
      }
    } catch (reason) {
      if (signal.aborted) return;
      if (reason instanceof ApiError && reason.signedOut) {
        // The run goes on without us; so do we, after the sign-in.
        await letIn(signal);
        continue;
      }
      if (reason instanceof ApiError && reason.status === 404) throw reason;
      failures += 1;
      const wait = Math.min(12, 2 ** Math.min(failures, 4) / 2);
      onLink(false, wait);
      await pause(wait, signal);
    }
  }
  // The last state is read once more: a `done` may arrive without the final `update`.
  if (!signal.aborted) onTask(await readTask(id, signal));
}

/** One line of the log of a task. */
export interface TaskEvent {
  readonly at: string | null;
  readonly status: string;
  readonly percent: number;
  readonly message: string;
  readonly error: string | null;
}

/** Everything that the server noted of a task that has ended, oldest first. */
export async function readEvents(id: string, signal: AbortSignal): Promise<TaskEvent[]> {
  const events: TaskEvent[] = [];
  await read(
    id,
    null,
    signal,
    ({ event, data }) => {
      if (event !== "update") return;
      const task = JSON.parse(data) as Task;
      events.push({ at: task.updated_at ?? null, status: task.status, percent: task.progress?.pct ?? 0, message: task.progress?.message ?? "", error: task.error });
    },
    () => undefined,
  );
  return events;
}
