import { expect, it } from "vitest";

import { bytes } from "./bytes";

it("writes sizes with the unit that fits", () => {
  expect([0, 931, 1000, 4_249_000, 12_300_000, 999_600, 270_553_174_016, null, NaN].map(bytes)).toEqual([
    "0\u00a0B", "931\u00a0B", "1.0\u00a0kB", "4.2\u00a0MB", "12\u00a0MB", "1.0\u00a0MB", "271\u00a0GB", "—", "—",
  ]);
});
