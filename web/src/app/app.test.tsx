import { readdirSync, readFileSync } from "node:fs";

import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, describe, expect, it, vi } from "vitest";

import { catalogueOf, startLanguages, type Catalogue } from "@/lib/i18n";

import { App } from "./App";
import { words as en } from "./lang/en";
import { words as zh } from "./lang/zh";
import { NAVIGATION, PAGES } from "./pages";

const flat = (value: unknown, prefix = ""): string[] =>
  typeof value === "object" && value !== null ? Object.entries(value).flatMap(([key, inner]) => flat(inner, prefix ? `${prefix}.${key}` : key)) : [prefix];
const plain = (keys: string[]) => [...new Set(keys.map((key) => key.replace(/_(one|other)$/, "")))].sort();

describe("words", () => {
  it("exist in both languages, with the same places for values", () => {
    expect(Object.keys(zh).sort()).toEqual(Object.keys(en).sort());
    for (const name of Object.keys(zh)) {
      expect(plain(flat(zh[name])), name).toEqual(plain(flat(en[name])));
      for (const key of flat(zh[name]).filter((one) => flat(en[name]).includes(one))) {
        const places = (catalogue: Catalogue) => new Set(String(catalogue[name]?.[key] ?? "").match(/\{\{\w+\}\}/g) ?? []);
        // English may leave one out where the server's sentence already says it.
        for (const place of places(en)) expect([...places(zh)], `${name}:${key}`).toContain(place);
      }
    }
  });

  it("stand in language files only", () => {
    const sources = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.*", "!../api/schema.d.ts"], { eager: true, query: "?raw", import: "default" });
    // Names that the contract fixes in Chinese are data, not words of ours.
    const fixed = /IC稳定性|子样本压力|安慰剂检验|半衰期估计|推荐|谨慎|需改进|不推荐|[万亿]/g;
    for (const [path, source] of Object.entries(sources)) {
      const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "").replaceAll(fixed, "");
      expect(code.match(/\p{Script=Han}+/gu) ?? [], path).toEqual([]);
    }
  });

  it("name a catalogue by its file", () => {
    expect(Object.keys(catalogueOf({ "../pages/run.page.zh.json": { default: {} }, "./ui.en.json": { default: {} } }))).toEqual(["run", "ui"]);
  });
});

it("no colour is written outside the tokens", () => {
  for (const path of readdirSync("src", { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css") && !name.endsWith("tokens.css"))) {
    expect(readFileSync(`src/${path}`, "utf8").replaceAll(/#000\b|#fff\b/g, "").match(/#[0-9a-f]{3,8}\b|rgba?\(/gi) ?? [], path).toEqual([]);
  }
});

it("the lock file names no registry", () => {
  const lock = readFileSync("package-lock.json", "utf8");
  expect(lock).not.toContain('"resolved"');
  expect(lock).not.toMatch(/https?:\/\/[^"]*\.tgz/);
});

describe("pages", () => {
  let root: Root | null = null;
  afterEach(() => {
    act(() => root?.unmount());
    root = null;
    document.body.replaceChildren();
    vi.unstubAllGlobals();
  });

  it("have a title in both languages, a route of their own, and a name where they are in the navigation", () => {
    expect(new Set(PAGES.map((page) => page.path)).size).toBe(PAGES.length);
    for (const page of PAGES) for (const words of [zh, en]) expect(words[page.id]?.["title"], page.id).toBeTruthy();
    for (const page of NAVIGATION) for (const words of [zh, en]) expect(words[page.id]?.["nav"], page.id).toBeTruthy();
  });

  it.each(PAGES.map((page) => page.path))("%s opens and survives a server that is down", async (path) => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("down")));
    window.history.replaceState(null, "", path.replace(/\$\w+/g, "abc"));
    await startLanguages("zh", zh);
    const box = document.body.appendChild(document.createElement("div"));
    root = createRoot(box);
    await act(async () => {
      root?.render(<App />);
      await new Promise((resolve) => setTimeout(resolve, 60));
    });
    await vi.waitFor(() => expect(document.querySelector("h1")?.textContent).toBeTruthy());
    expect(document.querySelectorAll("h1")).toHaveLength(1);
    expect(document.querySelector("main")).not.toBeNull();
    expect(document.title).toContain("QuantGPT");
    await act(async () => {
      await vi.waitFor(() => expect(document.body.textContent).toContain("连接断了"), { timeout: 4000 });
    });
    expect(document.body.textContent).not.toContain("undefined");
  });
});
