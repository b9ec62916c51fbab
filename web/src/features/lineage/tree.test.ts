import { describe, expect, it } from "vitest";

import type { Lineage } from "@/api/iterations";
import type { Task } from "@/api/types";

import { nodesOf, numbersOf, rowsOf, shortened, wordsOf } from "./tree";

const test = (id: string, over: Partial<Task> = {}) =>
  ({ task_id: id, task_type: "backtest", status: "completed", parent_task_id: null, expression: "rank(close)", params: { prompt: "rank( close )" }, result: { score: 50, grade: "C" }, candidates: null, selected_candidate_index: null, ...over }) as unknown as Task;
const ok = (score: number) => ({ expression: `e${score}`, status: "success", score, grade: "C", strategy: "mutate_window" });
const iteration = (id: string, parent: string, candidates: unknown[], over: Partial<Task> = {}) =>
  ({ task_id: id, task_type: "iteration", status: "iteration_completed", parent_task_id: parent, expression: "rank(close)", params: {}, result: { candidates }, candidates: null, selected_candidate_index: null, ...over }) as unknown as Task;
const nodes = (tasks: Task[], lineages: Lineage[] = []) => nodesOf(tasks, lineages, numbersOf(tasks));

describe("the tree of a session", () => {
  it("puts candidates under what they were to improve, and the next iteration under the chosen one", () => {
    const tasks = [test("a"), iteration("b", "a", [ok(60), ok(55)], { selected_candidate_index: 1 }), iteration("c", "b", [ok(70)]), test("d")];
    const rows = rowsOf(nodes(tasks));
    expect(rows.map(({ node, depth, last }) => [node.id, node.number, depth, last])).toEqual([
      ["a", "1", 0, false],
      ["b-0", "2.1", 1, false],
      ["b-1", "2.2", 1, true],
      ["c-0", "3.1", 2, true],
      ["d", "4", 0, true],
    ]);
    expect(rows.find(({ node }) => node.id === "c-0")?.lines).toEqual([false]);
  });

  it("believes the server about which candidate was chosen then, whatever is chosen now", () => {
    const tasks = [test("a"), iteration("b", "a", [ok(60), ok(55)], { selected_candidate_index: 1 }), iteration("c", "b", [ok(70)])];
    const lineage = { nodes: [{ task_id: "c", parent_index: 0 }] } as unknown as Lineage;
    expect(nodes(tasks, [lineage]).find((node) => node.id === "c-0")?.parent).toBe("b-0");
  });

  it("shows a running iteration as one node and tells duplicates from failures", () => {
    const tasks = [
      test("a"),
      iteration("b", "a", [ok(60), { expression: "x", status: "failed", error: "e", duplicate: { level: "form", of: "y", degree: 1 } }, { expression: "z", status: "failed", error: "e" }]),
      iteration("c", "a", [], { status: "iterating", progress: { stage: "iterating", pct: 25, message: "", code: "" }, result: null }),
    ];
    expect(nodes(tasks).map(({ id, state, percent }) => [id, state, percent])).toEqual([
      ["a", "finished", null],
      ["b-0", "finished", null],
      ["b-1", "duplicate", null],
      ["b-2", "failed", null],
      ["c", "running", 25],
    ]);
  });

  it("leaves out the tail of the candidates, never the chosen one, a parent or the one looked at", () => {
    const many = [...[9, 8, 7, 6, 5, 4].map(ok), { expression: "x", status: "failed", duplicate: { level: "form", of: "y", degree: 1 } }, { expression: "z", status: "failed" }];
    const tasks = [test("a"), iteration("b", "a", many, { selected_candidate_index: 4 }), iteration("c", "b", [ok(3)])];
    const { shown, rest } = shortened(nodes(tasks), new Set(["b-5"]));
    expect(shown.map(({ id }) => id)).toEqual(["a", "b-0", "b-1", "b-2", "b-4", "b-5", "c-0"]);
    expect(rest).toEqual({ failed: 1, duplicates: 1, others: 1 });
  });

  it("makes a root of what hangs on a run that is gone", () => {
    expect(rowsOf(nodes([iteration("b", "gone", [ok(1)])])).map(({ node, depth }) => [node.id, depth])).toEqual([["b-0", 0]]);
  });
});

describe("the words of a run", () => {
  it("are what was written, unless that is the expression", () => {
    expect(wordsOf(test("a"))).toBeNull();
    expect(wordsOf(test("a", { params: { prompt: " 反转 " } }))).toBe("反转");
    expect(wordsOf(test("a", { expression: null }))).toBe("rank( close )");
  });
});
