import { expect, it, vi } from "vitest";

import { makeOnce } from "./once";

it("starts once until the work has ended", () => {
  const once = makeOnce();
  let end: () => void = () => undefined;
  const start = vi.fn((done: () => void) => {
    end = done;
  });
  once(start);
  once(start);
  expect(start).toHaveBeenCalledTimes(1);
  end();
  once(start);
  expect(start).toHaveBeenCalledTimes(2);
});
