import { expect, it } from "vitest";

import { best, fit } from "./match";

it("prefers the whole, then the beginning, a word, a part, scattered letters", () => {
  const grades = [fit("rank", "rank"), fit("rank", "rank_corr"), fit("corr", "rank corr"), fit("ank", "rank"), fit("tsm", "ts_mean")];
  expect(grades).toEqual([...grades].sort((a, b) => b - a));
  expect(grades.every((grade) => grade > 0)).toBe(true);
});

it("wants every word of the question", () => {
  expect(fit("数据 导入", "数据 · 导入")).toBeGreaterThan(0);
  expect(fit("数据 任务", "数据 · 导入")).toBe(0);
  expect(fit("data", "数据", "data quotes")).toBeGreaterThan(0);
  expect(fit("", "anything")).toBe(1);
});

it("does not find letters that lie far apart, nor scattered Chinese", () => {
  expect(fit("az", "a very long name that ends in z")).toBe(0);
  expect(fit("研据", "研究数据")).toBe(0);
});

it("keeps the order of equals", () => {
  expect(best("a", [{ label: "ab" }, { label: "ac" }, { label: "xx" }]).map((item) => item.label)).toEqual(["ab", "ac"]);
});
