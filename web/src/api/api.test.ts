import { afterEach, describe, expect, it, vi } from "vitest";

import { answered, ApiError, errorOf, http } from "./client";
import { EventParser, follow } from "./stream";
import { column, type SeriesTable, type Task } from "./types";

afterEach(() => vi.unstubAllGlobals());

const task = (status: string) => ({ task_id: "a", status, params: {} }) as unknown as Task;
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json", ...headers } });
const events = (...parts: string[]) => new Response(new Blob(parts).stream(), { headers: { "Content-Type": "text/event-stream" } });
const update = (id: number, status: string) => `id: ${id}\nevent: update\ndata: ${JSON.stringify(task(status))}\n\n`;

describe("errors", () => {
  it("carry what the server says about the field", () => {
    const error = errorOf(400, { detail: "开始日期必须早于结束日期", field: "start_date", hint: "换一个", nearest: "2023-01-03" }, null);
    expect(error.message).toBe("开始日期必须早于结束日期");
    expect(error.facts).toMatchObject({ field: "start_date", hint: "换一个", nearest: "2023-01-03" });
  });

  it("carry the time to wait, and survive a body that is not ours", () => {
    expect(errorOf(503, { detail: "满" }, "8").retryAfterSeconds).toBe(8);
    expect(errorOf(502, "<html>", null).message).toBe("HTTP 502");
  });

  it("tell a server that does not answer from one that refuses", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
    await expect(answered(http.GET("/api/v1/health"))).rejects.toMatchObject({ offline: true });
    vi.stubGlobal("fetch", () => Promise.resolve(json({ detail: "no" }, 404)));
    await expect(answered(http.GET("/api/v1/health"))).rejects.toBeInstanceOf(ApiError);
  });
});

describe("event streams", () => {
  it("are cut into events wherever the network cut them", () => {
    const text = ': alive\n\nid: 7\nevent: update\ndata: {"a":1}\ndata: x\n\nevent: done\r\ndata: {}\r\n\r\n';
    for (let size = 1; size < text.length; size += 1) {
      const parser = new EventParser();
      const seen = [];
      for (let i = 0; i < text.length; i += size) seen.push(...parser.push(text.slice(i, i + size)));
      if (!text.slice(0, -1).endsWith("\r")) expect(seen.length).toBeGreaterThanOrEqual(1);
      expect(seen[0]).toEqual({ id: "7", event: "update", data: '{"a":1}\nx' });
    }
  });

  it("resume behind the last event and end with the finished task", async () => {
    const asked: (string | null)[] = [];
    vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => {
      const url = input instanceof Request ? input.url : String(input);
      if (!url.endsWith("/stream")) return Promise.resolve(json(task("completed")));
      asked.push(new Headers(init?.headers).get("Last-Event-ID"));
      return Promise.resolve(asked.length === 1 ? events(update(1, "pending"), update(2, "backtesting")) : events(update(3, "completed"), "event: done\ndata: {}\n\n"));
    });
    const seen: string[] = [];
    await follow("a", { onTask: (one) => seen.push(one.status), onLink: () => undefined }, new AbortController().signal);
    expect(asked).toEqual([null, "2"]);
    expect(seen).toEqual(["pending", "backtesting", "completed", "completed"]);
  });

  it("give way to polling when streams do not get through", async () => {
    vi.useFakeTimers();
    let polls = 0;
    vi.stubGlobal("fetch", (input: RequestInfo | URL) => {
      const url = input instanceof Request ? input.url : String(input);
      if (url.endsWith("/stream")) return Promise.resolve(json({ detail: "proxy" }, 502));
      polls += 1;
      return Promise.resolve(json(task(polls < 3 ? "analyzing" : "completed")));
    });
    const links: boolean[] = [];
    const done = follow("a", { onTask: () => undefined, onLink: (connected) => links.push(connected) }, new AbortController().signal);
    await vi.runAllTimersAsync();
    await done;
    vi.useRealTimers();
    expect(links).toContain(false);
    expect(links[links.length - 1]).toBe(true);
    expect(polls).toBeGreaterThanOrEqual(3);
  });
});

it("numbers that are missing stay missing", () => {
  const series = { columns: { a: [1, null, "x"] } } as unknown as SeriesTable;
  expect(column(series, "a")).toEqual([1, null, null]);
  expect(column(series, "b")).toEqual([]);
});
