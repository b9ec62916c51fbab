import { act } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, expect, it, vi } from "vitest";

import { useBackAgain } from "./useBackAgain";

const onBack = vi.fn();

function Page({ failed, heardAt }: { failed: boolean; heardAt: number }) {
  useBackAgain(failed, heardAt, onBack);
  return null;
}

const root = createRoot(document.createElement("div"));
const show = (failed: boolean, heardAt: number) => act(async () => root.render(<Page failed={failed} heardAt={heardAt} />));

afterEach(() => act(() => root.unmount()));

it("ends a refusal with the first sign of the server after it, and not before", async () => {
  await show(false, 10);
  await show(false, 20);
  await show(true, 20);
  await show(true, 20);
  expect(onBack).not.toHaveBeenCalled();
  await show(true, 30);
  expect(onBack).toHaveBeenCalledTimes(1);
  await show(false, 30);
  await show(true, 30);
  expect(onBack).toHaveBeenCalledTimes(1);
});
