import { expect, it } from "vitest";

import { besides, type UnfinishedJob } from "./unfinished";

const job = (id: string) => ({ id }) as UnfinishedJob;

it("what a list of tasks shows is not shown twice", () => {
  expect(besides([job("a"), job("b"), job("c")], [{ task_id: "b" }]).map((one) => one.id)).toEqual(["a", "c"]);
  expect(besides([], [{ task_id: "b" }])).toEqual([]);
});
