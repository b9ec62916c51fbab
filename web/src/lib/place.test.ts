import { expect, it } from "vitest";

import { placeIn } from "./place";

it("goes on inside of this app only", () => {
  expect(placeIn("/runs/a?tab=ic#top")).toBe("/runs/a?tab=ic#top");
  expect(["//evil.example", "/\\evil.example", "/\t//evil.example", "/\t/evil.example", "/.//evil.example", "https://evil.example", "javascript:alert(1)", "runs", "", null, 7].map(placeIn)).toEqual(Array(11).fill("/"));
});
