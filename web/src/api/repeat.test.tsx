import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, describe, expect, it, vi } from "vitest";

import { http } from "./client";
import { iterationAgain, repeatable, repeatOf, useRepeat } from "./repeat";
import type { Task } from "./types";

const options = { market: "other", direction: -1, execution: "next_close", neutralize_industry: true, costs: "itemised", seal: true };
const test = {
  task_id: "t1",
  task_type: "backtest",
  expression: "rank(close)",
  session_id: "s1",
  params: { prompt: "words", universe: "csi500", start_date: "2020-01-01", end_date: "2021-12-31", n_groups: 3, holding_period: 10, benchmark: "csi500", options },
} as unknown as Task;
const iteration = { task_id: "i1", task_type: "iteration", parent_task_id: "t1", candidates_total: 5, expression: "rank(close)", session_id: "s1", params: { ...test.params, n_candidates: 8, run_rolling_validation: true } } as unknown as Task;

describe("a repetition", () => {
  it("asks with the run's own settings: market, execution, neutralisation, direction, costs, seal", () => {
    expect(repeatOf(test)).toEqual({ prompt: "words", universe: "csi500", start_date: "2020-01-01", end_date: "2021-12-31", n_groups: 3, holding_period: 10, benchmark: "csi500", options, session_id: "s1" });
  });

  it("can put the expression in the place of the words, and sends nothing that nobody asked for", () => {
    const bare = { expression: "rank(close)", session_id: null, params: { secret: 1, options: null } } as unknown as Task;
    expect(repeatOf(bare)).toEqual({ prompt: "rank(close)", options: {} });
    expect(repeatOf(test, "rank(close)").prompt).toBe("rank(close)");
  });

  it("of an iteration is an iteration of the same parent", () => {
    expect(iterationAgain(iteration)).toEqual({ task: "t1", count: 8, rolling: true });
    expect(repeatable({ ...iteration, parent_task_id: null })).toBe(false);
    expect(repeatable(test)).toBe(true);
  });
});

describe("pressing again", () => {
  let close: () => void = () => undefined;
  let hands: ReturnType<typeof useRepeat> | null = null;
  function Page() {
    hands = useRepeat();
    return null;
  }
  afterEach(() => {
    close();
    vi.restoreAllMocks();
  });
  const open = () => {
    const root = createRoot(document.body.appendChild(document.createElement("div")));
    act(() => root.render(<QueryClientProvider client={new QueryClient()}><Page /></QueryClientProvider>));
    close = () => act(() => root.unmount());
  };
  const press = (task: Task, told = {}) => act(async () => {
    hands?.again(task, told);
    await new Promise((settle) => setTimeout(settle));
  });

  it("is the same request until it is taken, and a new one afterwards; an iteration never becomes a test", async () => {
    const asked: { path: string; key: string }[] = [];
    let works = false;
    vi.spyOn(http, "POST").mockImplementation(((path: string, { params }: { params: { header: { "idempotency-key": string } } }) => {
      asked.push({ path, key: params.header["idempotency-key"] });
      return Promise.resolve(works ? { data: { task_id: "new" }, response: new Response("{}") } : { error: { detail: "busy" }, response: new Response("{}", { status: 503 }) });
    }) as never);
    open();
    const faults: string[] = [];
    await press(test, { onFault: (reason: Error) => faults.push(reason.message) });
    works = true;
    await press(test);
    await press(test);
    await act(async () => {
      hands?.again(iteration);
      hands?.again(iteration);
      await new Promise((settle) => setTimeout(settle));
    });
    expect(faults).toHaveLength(1);
    expect(asked.map(({ path }) => path)).toEqual(["/api/v1/auto_backtest", "/api/v1/auto_backtest", "/api/v1/auto_backtest", "/api/v1/tasks/{task_id}/iterate"]);
    expect(asked[1]?.key).toBe(asked[0]?.key);
    expect(asked[2]?.key).not.toBe(asked[0]?.key);
  });
});
