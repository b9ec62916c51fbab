import { describe, expect, it } from "vitest";

import { maskBetween, nudged, sizes } from "./picture";

describe("covers", () => {
  it("are drawn in any direction and end at the edges", () => {
    expect(maskBetween({ x: 0.8, y: 0.9 }, { x: 0.2, y: 0.4 })).toMatchObject({ x: 0.2, y: 0.4 });
    expect(maskBetween({ x: -1, y: -1 }, { x: 2, y: 2 })).toEqual({ x: 0, y: 0, w: 1, h: 1 });
    expect(maskBetween({ x: 0.5, y: 0.5 }, { x: 0.505, y: 0.9 })).toBeNull();
  });

  it("stay inside when keys move and resize them", () => {
    const mask = { x: 0.9, y: 0, w: 0.1, h: 0.1 };
    expect(nudged(mask, "ArrowRight", false)).toMatchObject({ x: 0.9 });
    expect(nudged(mask, "ArrowRight", true)).toMatchObject({ w: expect.closeTo(0.1) as number });
    expect(nudged(mask, "ArrowUp", false)).toMatchObject({ y: 0 });
    expect(nudged(mask, "ArrowDown", true).h).toBeCloseTo(0.12);
    expect(nudged({ ...mask, h: 0.01 }, "ArrowUp", true).h).toBeCloseTo(0.01);
  });
});

it("pictures are tried from their own size down, never blown up", () => {
  expect(sizes(800, 600)[0]).toEqual({ width: 800, height: 600 });
  expect(sizes(5120, 2880)[0]).toEqual({ width: 2560, height: 1440 });
  expect(sizes(100, 50)).toEqual([{ width: 100, height: 50 }]);
  const all = sizes(5120, 2880);
  expect(Math.max(...all.map((size) => size.width))).toBe(2560);
  expect(all[all.length - 1]?.width).toBeGreaterThanOrEqual(320);
});
