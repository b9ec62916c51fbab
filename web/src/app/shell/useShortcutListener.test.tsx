import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { shortcuts, type Shortcut } from "@/lib/keys";

import { useShortcutListener } from "./useShortcutListener";

const go = vi.fn();
const help = vi.fn();
const palette = vi.fn();
const inside = vi.fn();
const ENTRIES: readonly Shortcut[] = [
  { keys: "g r", label: "go", run: go },
  { keys: "?", label: "help", run: help },
  { keys: "Ctrl+K", label: "palette", run: palette, whileTyping: true },
  { keys: "j", label: "next", run: inside, inDialog: true },
];

function Page() {
  useShortcutListener();
  shortcuts.useEntries(ENTRIES);
  return <input aria-label="field" />;
}

let root: Root;
beforeEach(() => {
  root = createRoot(document.body.appendChild(document.createElement("div")));
  act(() => root.render(<Page />));
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
  vi.clearAllMocks();
});

const press = (key: string, more: KeyboardEventInit = {}, target: Element = document.body) => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
const field = () => document.querySelector("input") ?? document.body;

it("follows a sequence, and starts anew after a wrong key", () => {
  press("g");
  press("r");
  expect(go).toHaveBeenCalledTimes(1);
  press("g");
  press("x");
  press("r");
  expect(go).toHaveBeenCalledTimes(1);
  press("g");
  press("?");
  expect(help).toHaveBeenCalledTimes(1);
});

it("leaves typing alone, except with Ctrl", () => {
  press("?", {}, field());
  press("g", {}, field());
  press("r", {}, field());
  expect(help).not.toHaveBeenCalled();
  expect(go).not.toHaveBeenCalled();
  press("k", { ctrlKey: true }, field());
  expect(palette).toHaveBeenCalledTimes(1);
});

it("does nothing behind a dialog but what belongs to it", () => {
  const dialog = document.body.appendChild(document.createElement("dialog"));
  dialog.setAttribute("open", "");
  press("?");
  press("j");
  expect(help).not.toHaveBeenCalled();
  expect(inside).toHaveBeenCalledTimes(1);
});

it("stays out of composition and of keys that somebody has taken", () => {
  press("?", { isComposing: true });
  document.body.addEventListener("keydown", (event) => event.preventDefault(), { once: true });
  press("?");
  expect(help).not.toHaveBeenCalled();
});
