/** The runs of a session as a tree: tests at the roots, the candidates of an iteration under what they were to improve. */

import type { Candidate, Lineage } from "@/api/iterations";
import { isTerminal, type Task } from "@/api/types";

export type NodeState = "finished" | "running" | "failed" | "duplicate";

export interface TreeNode {
  /** A task, or `<task>-<index>` for a candidate. */
  readonly id: string;
  readonly task: string;
  readonly candidate: number | null;
  readonly parent: string | null;
  /** "2", or "3.1" for the best candidate of the third run. */
  readonly number: string;
  readonly kind: "test" | "iteration" | "candidate";
  readonly state: NodeState;
  /** What was asked for in words; null for a bare expression. */
  readonly words: string | null;
  readonly strategy: string | null;
  readonly expression: string | null;
  readonly score: number | null;
  readonly grade: string | null;
  /** Of a run under way, 0…100. */
  readonly percent: number | null;
  readonly selected: boolean;
}

export interface Row {
  readonly node: TreeNode;
  readonly depth: number;
  /** For every level above: whether its line goes on below this row. */
  readonly lines: readonly boolean[];
  readonly last: boolean;
}

export interface Rest {
  readonly failed: number;
  readonly duplicates: number;
  readonly others: number;
}

const squeezed = (text: string) => text.replaceAll(/\s+/g, "");

/** The sentence that somebody wrote; null where it is the expression itself. */
export function wordsOf(task: Pick<Task, "expression" | "params">): string | null {
  const prompt = task.params.prompt?.trim() ?? "";
  return prompt === "" || (task.expression !== null && squeezed(prompt) === squeezed(task.expression)) ? null : prompt;
}

/** Candidates as far as they are known, best first once the iteration has ended. */
export function candidatesOf(task: Task): readonly Candidate[] {
  const ended = (task.result as { candidates?: readonly Candidate[] } | null)?.candidates;
  return ended ?? ((task.candidates ?? []) as unknown as readonly Candidate[]);
}

/** Numbers of the runs of a session, counted from the first. `before` are runs that are not at hand. */
export const numbersOf = (tasks: readonly Task[], before = 0): ReadonlyMap<string, number> => new Map(tasks.map((task, i) => [task.task_id, before + i + 1]));

const isDuplicate = (candidate: Candidate) => candidate.duplicate !== undefined && candidate.duplicate !== null;

function candidateNode(task: Task, candidate: Candidate, index: number, number: number, parent: string | null): TreeNode {
  return {
    id: `${task.task_id}-${index}`,
    task: task.task_id,
    candidate: index,
    parent,
    number: `${number}.${index + 1}`,
    kind: "candidate",
    state: candidate.status === "success" ? "finished" : isDuplicate(candidate) ? "duplicate" : "failed",
    words: null,
    strategy: candidate.strategy ?? null,
    expression: candidate.expression,
    score: candidate.score ?? null,
    grade: candidate.grade ?? null,
    percent: null,
    selected: task.selected_candidate_index === index,
  };
}

function taskNode(task: Task, number: number, parent: string | null): TreeNode {
  const running = !isTerminal(task.status);
  const test = task.task_type === "backtest";
  return {
    id: task.task_id,
    task: task.task_id,
    candidate: null,
    parent,
    number: String(number),
    kind: test ? "test" : "iteration",
    state: task.status === "failed" ? "failed" : running ? "running" : "finished",
    words: test ? wordsOf(task) : null,
    strategy: null,
    expression: task.expression ?? task.params.prompt ?? null,
    score: test ? (task.result?.score ?? null) : null,
    grade: test ? (task.result?.grade ?? null) : null,
    percent: running ? (task.progress?.pct ?? 0) : null,
    selected: false,
  };
}

/** All nodes, in the order of the runs. A finished iteration stands for its candidates and has no node of its own. */
export function nodesOf(tasks: readonly Task[], lineages: readonly Lineage[], numbers: ReadonlyMap<string, number>): TreeNode[] {
  const chosen = new Map(lineages.flatMap((one) => one.nodes).map((node) => [node.task_id, node.parent_index ?? null]));
  const known = new Map(tasks.map((task) => [task.task_id, task]));
  const parentOf = (task: Task): string | null => {
    const above = known.get(task.parent_task_id ?? "");
    if (!above) return null;
    if (above.task_type === "backtest") return above.task_id;
    const index = chosen.get(task.task_id) ?? above.selected_candidate_index;
    return index === null ? null : `${above.task_id}-${index}`;
  };
  return tasks.flatMap((task) => {
    const number = numbers.get(task.task_id) ?? 0;
    if (task.task_type === "iteration" && task.status === "iteration_completed") return candidatesOf(task).map((one, i) => candidateNode(task, one, i, number, parentOf(task)));
    return [taskNode(task, number, parentOf(task))];
  });
}

const MOST_SHOWN = 3;

/** What is left out of a long list of candidates: failures and duplicates, and all but the best of the others. */
export function shortened(nodes: readonly TreeNode[], keep: ReadonlySet<string>): { shown: TreeNode[]; rest: Rest } {
  const needed = new Set([...keep, ...nodes.map((node) => node.parent)]);
  const rest = { failed: 0, duplicates: 0, others: 0 };
  const shown = nodes.filter((node) => {
    if (node.candidate === null || node.selected || needed.has(node.id)) return true;
    if (node.state === "finished" && node.candidate < MOST_SHOWN) return true;
    rest[node.state === "failed" ? "failed" : node.state === "duplicate" ? "duplicates" : "others"] += 1;
    return false;
  });
  return { shown, rest };
}

/** The rows of the indented tree, parents before children. A node whose parent is not shown becomes a root. */
export function rowsOf(nodes: readonly TreeNode[]): Row[] {
  const ids = new Set(nodes.map((node) => node.id));
  const children = new Map<string | null, TreeNode[]>();
  for (const node of nodes) {
    const parent = node.parent !== null && ids.has(node.parent) ? node.parent : null;
    children.set(parent, [...(children.get(parent) ?? []), node]);
  }
  const walk = (parent: string | null, depth: number, lines: readonly boolean[]): Row[] => {
    const list = children.get(parent) ?? [];
    return list.flatMap((node, i) => {
      const last = i === list.length - 1;
      return [{ node, depth, lines, last }, ...walk(node.id, depth + 1, depth === 0 ? [] : [...lines, !last])];
    });
  };
  return walk(null, 0, []);
}
