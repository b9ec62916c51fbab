import { expect, it } from "vitest";

import { secondsBetween, wholeSeconds, zoned } from "./moment";

it("reads stamps without a zone as UTC", () => {
  expect(zoned("2026-11-20T16:31:05", "Asia/Shanghai")).toBe("2026-11-21 00:31");
  expect(zoned("2026-11-20T16:31:05Z", "UTC")).toBe("2026-11-20 16:31");
  expect(zoned("soon", "UTC")).toBeNull();
  expect(zoned(null, "UTC")).toBeNull();
});

it("measures between moments", () => {
  expect(secondsBetween("2026-11-20T16:31:05", "2026-11-20T16:32:00")).toBe(55);
  expect(secondsBetween("2026-11-20T16:32:00", "2026-11-20T16:31:05")).toBeNull();
  expect(secondsBetween("2026-11-20T16:32:00", null)).toBeNull();
});

it("does not claim more than whole seconds", () => {
  expect([0, 3.2, 89, 125, null].map(wholeSeconds)).toEqual(["0\u00a0s", "3\u00a0s", "89\u00a0s", "2\u00a0min 5\u00a0s", "—"]);
});
