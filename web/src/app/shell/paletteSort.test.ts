import { expect, it } from "vitest";

import { sections } from "./paletteSort";

const entry = (id: string, group: string, label = id, words = "") => ({ id, group, label, words });
const many = Array.from({ length: 9 }, (_, i) => entry(`run ${i}`, "runs"));

it("shows pages whole and a few of the rest while nothing is asked", () => {
  const found = sections(" ", [entry("a", "pages"), ...many, entry("rank(x)", "operators")], ["pages"], ["operators"]);
  expect(found.map(({ name, entries }) => [name, entries.length])).toEqual([["pages", 1], ["runs", 5]]);
});

it("puts the group with the best answer first and shows an id once", () => {
  const found = sections("rank", [entry("p", "pages", "my rank page"), entry("rank", "operators"), entry("rank", "operators")], [], []);
  expect(found.map(({ name, entries }) => [name, entries.length])).toEqual([["operators", 1], ["pages", 1]]);
});

it("finds nothing where nothing fits", () => {
  expect(sections("zzz", many, [], [])).toEqual([]);
});
