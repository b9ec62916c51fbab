import { expect, it } from "vitest";

import { chordOf, chordsOf, meaning, type Shortcut } from "./keys";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}, code = "") => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});
const entry = (keys: string): Shortcut => ({ keys, label: keys, run: () => undefined });

it("writes a press the way it is declared", () => {
  expect(chordOf(press("k", { ctrlKey: true }))).toBe("Ctrl+K");
  expect(chordOf(press("k", { metaKey: true }))).toBe("Ctrl+K");
  expect(chordOf(press("?", { shiftKey: true }))).toBe("?");
  expect(chordOf(press("L", { shiftKey: true }))).toBe("L");
  expect(chordOf(press("Enter", { shiftKey: true }))).toBe("Shift+Enter");
  expect(chordOf(press("Z", { ctrlKey: true, shiftKey: true }))).toBe("Ctrl+Shift+Z");
  expect(chordOf(press("∂", { altKey: true }, "KeyD"))).toBe("Alt+D");
  expect(chordOf(press("Escape"))).toBe("Esc");
  expect(chordOf(press("Control", { ctrlKey: true }))).toBe("");
});

it("reads declared keys whatever their order", () => {
  expect(chordsOf("g r")).toEqual(["g", "r"]);
  expect(chordsOf("Shift+Alt+f")).toEqual(["Alt+Shift+F"]);
  expect(chordsOf("Escape")).toEqual(["Esc"]);
  expect(chordsOf("Ctrl++")).toEqual(["Ctrl++"]);
});

it("tells an entry from the start of one, and prefers the newest", () => {
  const old = entry("x");
  const fresh = entry("x");
  const go = entry("g r");
  expect(meaning([old, go, fresh], ["x"])).toBe(fresh);
  expect(meaning([old, go], ["g"])).toBe("begun");
  expect(meaning([old, go], ["g", "r"])).toBe(go);
  expect(meaning([old, go], ["g", "x"])).toBeNull();
  expect(meaning([], ["g"])).toBeNull();
});
