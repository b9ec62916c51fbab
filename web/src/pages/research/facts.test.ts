import { describe, expect, it } from "vitest";

import type { Task } from "@/api/types";

import { marketOf } from "./facts";

type Told = Pick<Task, "params" | "result">;
const told = (params: Told["params"], result: unknown = null) => ({ params, result }) as Told;

describe("the market of a session", () => {
  it("is that of its last run, whether it was named in the options, by the parent, or only in the result", () => {
    expect(marketOf([told({ options: { market: "main" } }), told({ options: { market: "demo" } })])).toBe("demo");
    expect(marketOf([told({ options: { market: "main" } }), told({ market: "demo" })])).toBe("demo");
    expect(marketOf([told({ options: { market: null } }, { params: { market: "demo" } })])).toBe("demo");
  });

  it("passes over runs that do not say, and is not known where none does", () => {
    expect(marketOf([told({ options: { market: "demo" } }), told({ options: null })])).toBe("demo");
    expect(marketOf([told({}, { score: 1 })])).toBeNull();
    expect(marketOf([])).toBeNull();
  });
});
