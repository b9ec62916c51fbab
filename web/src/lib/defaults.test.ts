import { afterEach, expect, it } from "vitest";

import { defaultsFor } from "./defaults";

afterEach(() => localStorage.clear());

it("keeps them apart by market and drops what is damaged", () => {
  localStorage.setItem("quantgpt.defaults", JSON.stringify({ main: { n_groups: 10, holding_period: 999, start_date: "soon", seal: true, extra: 1 }, demo: { costs: "itemised" } }));
  expect(defaultsFor("main")).toEqual({ n_groups: 10, seal: true });
  expect(defaultsFor("demo")).toEqual({ costs: "itemised" });
  expect(defaultsFor("other")).toEqual({});
});

it.each(["", "[1]", "{", "null", '{"main": 3}'])("survives %s", (text) => {
  localStorage.setItem("quantgpt.defaults", text);
  expect(defaultsFor("main")).toEqual({});
});
