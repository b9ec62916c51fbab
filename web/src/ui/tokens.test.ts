import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { linear, parseHex, ramp, type Rgb } from "@/lib/color";

const css = readFileSync("src/ui/tokens.css", "utf8");

function tokensOf(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(selector)).match(/\{([^}]*)\}/)?.[1] ?? "";
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
}

/** Rises and falls under each convention, on the grounds of each theme. */
const CONVENTIONS = ["red", "green", "blue"].flatMap((rise) => [
  { rise, theme: "light", ...tokensOf(`[data-rise="${rise}"] {`) },
  { rise, theme: "dark", ...tokensOf(`[data-rise="${rise}"][data-mantine-color-scheme="dark"]`) },
]) as { rise: string; theme: "light" | "dark"; up: string; down: string }[];

const themes = { light: tokensOf('[data-mantine-color-scheme="light"]'), dark: tokensOf('[data-mantine-color-scheme="dark"]') };

function luminance(hex: string): number {
  const [r, g, b] = parseHex(hex).map(linear) as unknown as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2 contrast ratio. */
function contrast(one: string, other: string): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Colour vision deficiencies at full severity, Machado, Oliveira and Fernandes (2009), table 1, on linear RGB. */
const VISION: Record<string, readonly number[]> = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

function lab(hex: string, vision: string): Rgb {
  const [r, g, b] = parseHex(hex).map(linear) as unknown as Rgb;
  const m = VISION[vision] ?? [];
  const seen = [0, 1, 2].map((row) => Math.min(1, Math.max(0, (m[row * 3] ?? 0) * r + (m[row * 3 + 1] ?? 0) * g + (m[row * 3 + 2] ?? 0) * b))) as unknown as Rgb;
  const x = (0.4124564 * seen[0] + 0.3575761 * seen[1] + 0.1804375 * seen[2]) / 0.95047;
  const y = 0.2126729 * seen[0] + 0.7151522 * seen[1] + 0.072175 * seen[2];
  const z = (0.0193339 * seen[0] + 0.119192 * seen[1] + 0.9503041 * seen[2]) / 1.08883;
  const f = (value: number) => (value > 216 / 24389 ? Math.cbrt(value) : (24389 / 27 * value + 16) / 116);
  return [116 * f(y) - 16, 500 * (f(x) - f(y)), 200 * (f(y) - f(z))];
}

const degrees = (angle: number) => (angle * Math.PI) / 180;

/** CIEDE2000, Sharma, Wu and Dalal (2005). */
function distance([l1, a1, b1]: Rgb, [l2, a2, b2]: Rgb): number {
  const mean = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const g = 0.5 * (1 - Math.sqrt(mean ** 7 / (mean ** 7 + 25 ** 7)));
  const [p1, p2] = [a1 * (1 + g), a2 * (1 + g)];
  const [c1, c2] = [Math.hypot(p1, b1), Math.hypot(p2, b2)];
  const hue = (a: number, b: number) => (a === 0 && b === 0 ? 0 : ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360);
  const [h1, h2] = [hue(p1, b1), hue(p2, b2)];
  let dh = h2 - h1;
  if (c1 * c2 === 0) dh = 0;
  else if (dh > 180) dh -= 360;
  else if (dh < -180) dh += 360;
  const dH = 2 * Math.sqrt(c1 * c2) * Math.sin(degrees(dh / 2));
  const [l, c] = [(l1 + l2) / 2, (c1 + c2) / 2];
  let h = h1 + h2;
  if (c1 * c2 !== 0) h = Math.abs(h1 - h2) <= 180 ? h / 2 : h < 360 ? (h + 360) / 2 : (h - 360) / 2;
  const t = 1 - 0.17 * Math.cos(degrees(h - 30)) + 0.24 * Math.cos(degrees(2 * h)) + 0.32 * Math.cos(degrees(3 * h + 6)) - 0.2 * Math.cos(degrees(4 * h - 63));
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const [sc, sh] = [1 + 0.045 * c, 1 + 0.015 * c * t];
  const turn = 30 * Math.exp(-(((h - 275) / 25) ** 2));
  const rt = -2 * Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7)) * Math.sin(degrees(2 * turn));
  const [dl, dc, dhue] = [(l2 - l1) / sl, (c2 - c1) / sc, dH / sh];
  return Math.sqrt(dl ** 2 + dc ** 2 + dhue ** 2 + rt * dc * dhue);
}

function smallest(colors: readonly string[], vision: string): number {
  const seen = colors.map((hex) => lab(hex, vision));
  return Math.min(...seen.flatMap((one, i) => seen.slice(i + 1).map((other) => distance(one, other))));
}

it("red up is what the tokens say without a choice", () => {
  for (const { rise, theme, up, down } of CONVENTIONS) if (rise === "red") expect([up, down]).toEqual([themes[theme]["up"], themes[theme]["down"]]);
});

it("measures colour distance as the published test data does", () => {
  expect(distance([50, 2.6772, -79.7751], [50, 0, -82.7485])).toBeCloseTo(2.0425, 4);
  expect(distance([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387])).toBeCloseTo(1.2644, 4);
  expect(distance([2.0776, 0.0795, -1.135], [0.9033, -0.0636, -0.5514])).toBeCloseTo(0.9082, 4);
});

describe.each(Object.entries(themes))("%s", (_name, token) => {
  const on = (text: string, ground: string) => contrast(token[text] ?? "", token[ground] ?? "");

  it("has every token", () => {
    expect(Object.keys(themes.light).sort()).toEqual(Object.keys(themes.dark).sort());
  });

  it.each(["ink", "ink2", "ink3", "accent", "up", "down"])("%s is readable on every ground it is written on", (text) => {
    for (const ground of ["surface", "bg", "asoft"]) expect(on(text, ground)).toBeGreaterThanOrEqual(4.5);
  });

  it.each([["on-accent", "accent"], ["caution", "causoft"], ["error", "errsoft"], ["ink", "causoft"], ["ink", "sunken"], ["ink2", "sunken"], ["error", "surface"], ["caution", "bg"], ["code-function", "sunken"], ["code-number", "sunken"], ["code-field", "sunken"], ["code-function", "surface"], ["code-number", "surface"], ["code-field", "surface"]])("%s is readable on %s", (text, ground) => {
    expect(on(text, ground)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["ctl", "bench"])("%s carries meaning on surface and page", (graphic) => {
    for (const ground of ["surface", "bg"]) expect(on(graphic, ground)).toBeGreaterThanOrEqual(3);
  });

  it.each(Object.keys(VISION))("groups, series and directions can be told apart: %s", (vision) => {
    const pick = (names: readonly string[]) => names.map((name) => token[name] ?? "");
    expect(smallest(pick(["g1", "g2", "g3", "g4", "g5"]), vision)).toBeGreaterThanOrEqual(9.5);
    expect(smallest(pick(["s1", "s2", "s3", "s4", "s5", "s6"]), vision)).toBeGreaterThanOrEqual(9.5);
    expect(smallest(pick(["up", "down"]), vision)).toBeGreaterThanOrEqual(9.5);
  });

  it("keeps the ends of the group ramp for any number of groups", () => {
    const stops = ["g1", "g2", "g3", "g4", "g5"].map((name) => token[name] ?? "");
    expect(ramp(stops, 5)).toEqual(stops);
    for (const count of [2, 3, 10, 20]) {
      const made = ramp(stops, count);
      expect(made).toHaveLength(count);
      expect([made[0], made[count - 1]]).toEqual([stops[0], stops[4]]);
    }
  });
});

describe.each(CONVENTIONS)("$rise up, $theme", ({ theme, up, down }) => {
  it("is readable wherever a return is written", () => {
    for (const text of [up, down]) for (const ground of ["surface", "bg", "asoft"]) expect(contrast(text, themes[theme][ground] ?? "")).toBeGreaterThanOrEqual(4.5);
  });

  it.each(Object.keys(VISION))("can be told apart: %s", (vision) => {
    expect(smallest([up, down], vision)).toBeGreaterThanOrEqual(9.5);
  });

  it("does not look like a warning or an error", () => {
    for (const text of [up, down]) for (const other of ["caution", "error"]) expect(smallest([text, themes[theme][other] ?? ""], "normal")).toBeGreaterThanOrEqual(9.5);
  });
});
