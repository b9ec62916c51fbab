import { afterEach, expect, it } from "vitest";

import { forgetKept, keptGroups } from "./kept";

afterEach(() => {
  localStorage.clear();
  sessionStorage.clear();
});

it("empties what was typed and chosen, not the sign-in, the display, or what is not ours", () => {
  for (const [key, value] of Object.entries({ "quantgpt.draft": "{}", "quantgpt.defaults": "{}", "quantgpt.account": "{}", "quantgpt.theme": "dark", other: "1" })) localStorage.setItem(key, value);
  sessionStorage.setItem("quantgpt.handover", "{}");
  expect(keptGroups()).toEqual(["drafts", "defaults"]);
  forgetKept();
  expect(Object.keys(localStorage).filter((key) => key !== "quantgpt.compare").sort()).toEqual(["other", "quantgpt.account", "quantgpt.theme"]);
  expect(sessionStorage).toHaveLength(0);
});
