import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { handover } from "@/lib/handover";

import { useHandover } from "./useHandover";

const run = vi.fn<(text: string, key: string) => Promise<unknown> | null>();
const put = vi.fn<(offer: { text: string; key?: string }) => void>();

function Page({ ready }: { ready: boolean }) {
  useHandover(ready, { run, put });
  return null;
}

let root = createRoot(document.createElement("div"));
const show = (ready: boolean) => act(async () => root.render(<Page ready={ready} />));

beforeEach(() => {
  sessionStorage.clear();
  run.mockReset();
  put.mockReset();
  root = createRoot(document.createElement("div"));
});
afterEach(() => act(() => root.unmount()));

it("runs what was handed over once, and then it waits no longer", async () => {
  run.mockResolvedValue({});
  handover.give("rank(close)", true);
  await show(true);
  await show(false);
  await show(true);
  expect(run.mock.calls.map(([text]) => text)).toEqual(["rank(close)"]);
  expect(handover.waiting()).toBeNull();
  expect(put).not.toHaveBeenCalled();
});

it("puts what was refused into the composer, with the key of that submission", async () => {
  run.mockRejectedValue(new Error("busy"));
  handover.give("rank(close)", true);
  const key = handover.waiting()?.key;
  await show(true);
  expect(put.mock.calls).toEqual([[{ text: "rank(close)", key }]]);
  expect(handover.waiting()).toBeNull();
});

it("keeps what cannot run yet", async () => {
  run.mockReturnValueOnce(null).mockResolvedValue({});
  handover.give("rank(close)", true);
  await show(false);
  expect(run).not.toHaveBeenCalled();
  await show(true);
  expect(handover.waiting()?.text).toBe("rank(close)");
  await show(false);
  await show(true);
  expect(run).toHaveBeenCalledTimes(2);
  expect(handover.waiting()).toBeNull();
});

it("only shows what is not meant to run", async () => {
  await show(true);
  await act(async () => handover.give("rank(open)", false));
  expect(put.mock.calls).toEqual([[{ text: "rank(open)" }]]);
  expect(run).not.toHaveBeenCalled();
  expect(handover.waiting()).toBeNull();
});
