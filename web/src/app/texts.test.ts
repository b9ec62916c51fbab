/** Every text comes from the language files: no sentence in the code, no key without words. Read from the syntax trees of the sources. */

import ts from "typescript";
import { describe, expect, it } from "vitest";

import { words } from "./lang/zh";

const sources = import.meta.glob<string>(["../**/*.{ts,tsx}", "!../**/*.test.*", "!../api/schema.d.ts"], { eager: true, query: "?raw", import: "default" });

const parse = (path: string, text: string) => ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, path.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS);

function visit(node: ts.Node, see: (node: ts.Node) => void): void {
  see(node);
  node.forEachChild((child) => visit(child, see));
}

/** Names, codes and keys of the keyboard are the same in every language. */
const NAMES = /\b(QuantGPT|Rank|Ctrl|Alt|Shift|Enter|Esc|Space|Tab|F2|CSV|JSON|IC|ICIR|NAV|DSR|PBO|Qlib|GitHub|Q|G|K|EN|REST|MCP|N|n|t|p|q)\b/g;
const isText = (text: string) => /\p{L}/u.test(text.replaceAll(NAMES, "").replaceAll(/&\w+;/g, ""));
const TEXT_ATTRIBUTES = new Set(["label", "title", "placeholder", "aria-label", "alt", "caption", "aria-description", "aria-roledescription"]);

/** Texts for people that stand in one file. */
function hardCoded(path: string, text: string): string[] {
  const found: string[] = [];
  visit(parse(path, text), (node) => {
    if (ts.isJsxText(node) && isText(node.text)) {
      const parent = node.parent;
      const tag = ts.isJsxElement(parent) ? parent.openingElement.tagName.getText() : "";
      if (!["kbd", "code", "style"].includes(tag)) found.push(node.text.trim());
    }
    if (ts.isJsxAttribute(node) && TEXT_ATTRIBUTES.has(node.name.getText()) && node.initializer && ts.isStringLiteral(node.initializer) && isText(node.initializer.text)) {
      found.push(`${node.name.getText()}=${node.initializer.text}`);
    }
    // Three words in a row with a space between them are a sentence, wherever they stand.
    if (ts.isStringLiteral(node) && /[A-Z][a-z]+ [a-z]+ [a-z]+/.test(node.text) && !ts.isImportDeclaration(node.parent) && !isThrown(node)) found.push(node.text);
  });
  return found;
}

/** Faults of the program itself are for whoever reads its log. */
function isThrown(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at; at = at.parent) if (ts.isThrowStatement(at)) return true;
  return false;
}

const namespaces = words as Record<string, Record<string, unknown>>;

function has(namespace: string, key: string): boolean {
  const at = (name: string) => name.split(".").reduce<unknown>((value, part) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined), namespaces[namespace]);
  return [key, `${key}_one`, `${key}_other`].some((name) => at(name) !== undefined || namespaces[namespace]?.[name] !== undefined);
}

const startsSome = (namespace: string, prefix: string) => {
  const parts = prefix.split(".");
  const last = parts.pop() ?? "";
  const inner = parts.reduce<unknown>((value, part) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined), namespaces[namespace]);
  return typeof inner === "object" && inner !== null && Object.keys(inner).some((name) => name.startsWith(last));
};

const literals = (node: ts.Node | undefined): string[] => {
  if (!node) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap(literals);
  return [];
};

/** Keys asked for in one file that no language file has. A key that is put together must at least begin like one. */
function unknownKeys(path: string, text: string): string[] {
  const asked: { key: string; prefix: boolean; ns: string[] }[] = [];
  const spaces = new Set<string>();
  let computed = false;
  visit(parse(path, text), (node) => {
    if (!ts.isCallExpression(node)) return;
    const name = node.expression.getText();
    if (name === "useTranslation") {
      const given = literals(node.arguments[0]);
      if (given.length === 0) computed = true;
      for (const one of given) spaces.add(one);
    }
    if (name !== "t" && name !== "i18next.t" && name !== "i18n.t") return;
    const options = node.arguments[1];
    const ns = options && ts.isObjectLiteralExpression(options) ? options.properties.find((property) => property.name?.getText() === "ns") : undefined;
    if (ns && (!ts.isPropertyAssignment(ns) || literals(ns.initializer).length === 0)) return;
    const own = ns && ts.isPropertyAssignment(ns) ? literals(ns.initializer) : [];
    const first = node.arguments[0];
    const keys = first && ts.isConditionalExpression(first) ? [...literals(first.whenTrue), ...literals(first.whenFalse)] : literals(first);
    for (const key of keys) asked.push({ key, prefix: false, ns: own });
    if (first && ts.isTemplateExpression(first) && first.head.text) asked.push({ key: first.head.text, prefix: true, ns: own });
  });
  if (computed || spaces.size === 0) return [];
  return asked
    .filter(({ key, prefix, ns }) => {
      const [space, rest] = key.includes(":") ? (key.split(":", 2) as [string, string]) : [null, key];
      const among = space ? [space] : ns.length > 0 ? ns : [...spaces];
      return !among.some((one) => (prefix ? rest === "" || startsSome(one, rest) : has(one, rest)));
    })
    .map(({ key }) => key);
}

describe("texts", { timeout: 60_000 }, () => {
  const files = Object.entries(sources);

  it("are read from the sources at all", () => {
    expect(files.length).toBeGreaterThan(60);
    expect(hardCoded("a.tsx", 'const a = <p>Run the test</p>; const b = <input placeholder="idea" />; const c = "Nothing was found here";')).toHaveLength(3);
    expect(hardCoded("a.tsx", 'const a = <kbd>Ctrl</kbd>; const b = <i>·</i>; const c = <b aria-label={t("x")}>{t("y")}</b>;')).toEqual([]);
    expect(unknownKeys("a.tsx", 'const { t } = useTranslation("ui"); t("retry"); t("no such key"); t(`zzz_${x}`);')).toEqual(["no such key", "zzz_"]);
  });

  it("stand in language files, not in the code", () => {
    expect(Object.fromEntries(files.map(([path, text]) => [path, hardCoded(path, text)]).filter(([, found]) => found?.length))).toEqual({});
  });

  it("exist for every key that is asked for", () => {
    expect(Object.fromEntries(files.map(([path, text]) => [path, unknownKeys(path, text)]).filter(([, found]) => found?.length))).toEqual({});
  });
});
