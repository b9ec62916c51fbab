import { describe, expect, it } from "vitest";

import { nameFrom } from "./start";

describe("the name of a session", () => {
  it("is the first thirty characters of what was asked", () => {
    expect(nameFrom("跌".repeat(40))).toBe("跌".repeat(30));
    expect(nameFrom("  a\n\tb  ")).toBe("a b");
    expect([...(nameFrom("💥".repeat(40)) ?? "")]).toHaveLength(30);
  });

  it("has nothing in it that cannot be shown, and is null when nothing is left", () => {
    expect(nameFrom("a\u0000\u202eb")).toBe("a b");
    expect(nameFrom("\u0000 \n")).toBeNull();
  });
});
