import { expect, it } from "vitest";

import { ApiError } from "@/api/client";

import { isGone } from "./marketGone";

it("calls the market unreadable for faults only, not while nobody is signed in", () => {
  expect(isGone(null)).toBe(false);
  expect(isGone(new ApiError("", 401, { code: "signed_out" }))).toBe(false);
  expect(isGone(new ApiError("", 0))).toBe(true);
  expect(isGone(new ApiError("", 503))).toBe(true);
});
