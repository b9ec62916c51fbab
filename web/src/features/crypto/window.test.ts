import { describe, expect, it } from "vitest";

import { lengthName, windowOf } from "./PriceCard";
import { scaleOf } from "./price";

const MINUTE = 60_000;
const DAY = 86_400_000;
const [first, last] = [Date.parse("2025-01-01T00:00:00Z"), Date.parse("2025-12-31T23:59:59Z")];

describe("which bars are fetched", () => {
  it("all of them while they fit", () => {
    expect(windowOf({ from: "2025-03-01", to: "2025-03-02" }, first, last, 14_400_000, 3_000)).toEqual({ from: first, to: last });
    expect(windowOf(null, first, last, MINUTE, 3_000)).toEqual({ from: first, to: last });
  });

  it("else the range with room on both sides, the same for small moves, never beyond the job", () => {
    const asked = windowOf({ from: "2025-03-01", to: "2025-03-05" }, first, last, MINUTE, 3_000);
    expect(asked.from).toBeLessThanOrEqual(Date.parse("2025-02-27T00:00:00Z"));
    expect(asked.to).toBeGreaterThanOrEqual(Date.parse("2025-03-07T00:00:00Z"));
    expect(asked.to - asked.from).toBeLessThan(13 * DAY);
    const edge = windowOf({ from: "2025-01-01", to: "2025-01-02 12:00" }, first, last, MINUTE, 3_000);
    expect(edge.from).toBe(first);
    const near = windowOf({ from: "2025-03-01 00:01", to: "2025-03-05 00:01" }, first, last, MINUTE, 3_000);
    expect([near.from === asked.from, near.to === asked.to].filter(Boolean).length).toBeGreaterThanOrEqual(1);
  });

  it("words on the axis follow what is shown", () => {
    expect([scaleOf(2 * DAY), scaleOf(90 * DAY), scaleOf(700 * DAY)]).toEqual(["hours", "days", "years"]);
    expect([lengthName(MINUTE * 30), lengthName(MINUTE * 120), lengthName(DAY * 2)]).toEqual(["30m", "2h", "2d"]);
  });
});
