import { expect, it } from "vitest";

import { ownPage } from "./Feedbacks";

it("only our own pages become links", () => {
  const own = window.location.origin;
  expect(ownPage(`${own}/runs/abc?tab=ic`)).toBe("/runs/abc?tab=ic");
  expect(ownPage("/runs/abc")).toBe("/runs/abc");
  for (const strange of ["javascript:alert(1)", "https://elsewhere.example/runs/abc", "//elsewhere.example/x", "data:text/html,x", "", null, "http://"]) expect(ownPage(strange), String(strange)).toBeNull();
});
