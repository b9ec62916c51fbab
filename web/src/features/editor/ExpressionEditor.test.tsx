import { act, createRef } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import ExpressionEditor, { type EditorHandle, type Remark } from "./ExpressionEditor";
import { MOST_CHARACTERS } from "./limits";

let root: Root;
let box: HTMLElement;
const handle = createRef<EditorHandle>();
const actions = { run: vi.fn(), mend: vi.fn(() => true), format: vi.fn(), save: vi.fn(), changed: vi.fn(), tooLong: vi.fn() };
const texts = { label: "Expression", describedBy: "problems", placeholder: "write", phrases: {} };
const know = { offers: [], vocabulary: undefined, words: { language: "en", takes: String, unit: String, kept: "" } };

const show = (value: string, remarks: readonly Remark[] = []) =>
  act(() => root.render(<ExpressionEditor value={value} texts={texts} know={know} actions={actions} remarks={remarks} handle={handle} autoFocus={false} />));
const content = () => box.querySelector<HTMLElement>(".cm-content");
const shown = () => [...box.querySelectorAll(".cm-line")].map((line) => line.textContent).join("\n");

beforeEach(() => {
  vi.clearAllMocks();
  box = document.body.appendChild(document.createElement("div"));
  root = createRoot(box);
});

afterEach(() => {
  act(() => root.unmount());
  box.remove();
});

it("shows a text, takes another from outside, and names itself to readers", () => {
  show("rank(close)");
  expect(shown()).toBe("rank(close)");
  show("rank(open)\n  * 2");
  expect(shown()).toBe("rank(open)\n  * 2");
  expect(content()?.getAttribute("aria-label")).toBe("Expression");
  expect(content()?.getAttribute("aria-describedby")).toBe("problems");
  expect(content()?.getAttribute("spellcheck")).toBe("false");
});

it("tells of a change by hand once, and underlines exactly the place of a remark", () => {
  show("rank(amt)");
  expect(actions.changed).not.toHaveBeenCalled();
  act(() => handle.current?.replace(5, 8, "amtx"));
  expect(actions.changed).toHaveBeenCalledExactlyOnceWith("rank(amtx)");
  show("rank(amtx)", [{ from: 5, to: 9, tone: "error", text: "unknown" }]);
  expect(box.querySelector(".cm-lintRange-error")?.textContent).toBe("amtx");
  show("rank(amtx)", [{ from: 5, to: 900, tone: "warning", text: "beyond the end" }]);
  expect(box.querySelector(".cm-lintRange-warning")?.textContent).toBe("amtx)");
});

it("takes in no more than it can hold and leaves the text as it was", () => {
  show("close");
  act(() => handle.current?.replace(0, 5, "x".repeat(MOST_CHARACTERS + 1)));
  expect(actions.tooLong).toHaveBeenCalledExactlyOnceWith(MOST_CHARACTERS + 1);
  expect(shown()).toBe("close");
  expect(actions.changed).not.toHaveBeenCalled();
});

it("shows text as text", () => {
  show("<script>alert(1)</script>");
  expect(box.querySelector("script")).toBeNull();
  expect(shown()).toBe("<script>alert(1)</script>");
});

it("runs, mends, lays out and keeps by keys, and lets Tab leave", () => {
  show("close");
  const press = (init: KeyboardEventInit) => {
    const event = new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init });
    act(() => void content()?.dispatchEvent(event));
    return event;
  };
  press({ key: "Enter", ctrlKey: true, keyCode: 13 } as KeyboardEventInit);
  press({ key: "Enter", altKey: true, keyCode: 13 } as KeyboardEventInit);
  press({ key: "s", ctrlKey: true, keyCode: 83 } as KeyboardEventInit);
  expect(actions.run).toHaveBeenCalledOnce();
  expect(actions.mend).toHaveBeenCalledOnce();
  expect(actions.save).toHaveBeenCalledOnce();
  expect(press({ key: "Tab", keyCode: 9 } as KeyboardEventInit).defaultPrevented).toBe(false);
  expect(actions.changed).not.toHaveBeenCalled();
});
