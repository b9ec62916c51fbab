/** What can be written next, and where in a call the cursor stands. Plain functions on text and on the server's vocabulary. */

import type { KeptFactor } from "@/api/library";
import type { Field, Operator, Vocabulary } from "@/api/operators";

/** Something that can be inserted; `template` marks what Tab walks through. */
export interface Offer {
  readonly label: string;
  /** Beside the label: arguments, unit. */
  readonly detail: string;
  readonly kind: "function" | "field" | "factor" | "keyword";
  readonly template: string;
  readonly operator?: Operator;
  readonly field?: Field;
  readonly factor?: KeptFactor;
  /** Other words by which it is found. */
  readonly words: string;
}

const SIMPLE = /^\$?[A-Za-z_]\w*$|^\d+(\.\d+)?$/;
const DEFAULTS: Record<string, string> = { window: "20", number: "1", code: "x" };
const FIELDS = ["close", "volume", "open"];

/** The arguments of `name(a, b)`, cut at the outermost commas; null when the text is not one call of that name. */
export function callArguments(text: string, name: string): string[] | null {
  if (!text.startsWith(`${name}(`) || !text.endsWith(")")) return null;
  const out: string[] = [];
  let depth = 0;
  let from = name.length + 1;
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === "(") depth += 1;
    else if (sign === ")") {
      depth -= 1;
      if (depth < 0) {
        if (at !== text.length - 1) return null;
        out.push(text.slice(from, at).trim());
      }
    } else if (sign === "," && depth === 0) {
      out.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return out;
}

/** What stands in each place of a call at first: the words of its own example where they are simple. */
export function placeholders(operator: Operator): string[] {
  const example = callArguments(operator.example, operator.name);
  return operator.places.map((place, i) => {
    const given = example?.[i];
    if (given !== undefined && SIMPLE.test(given)) return given;
    const mark = operator.example.includes("$") ? "$" : "";
    return DEFAULTS[place.takes] ?? `${mark}${FIELDS[i] ?? "close"}`;
  });
}

/** A call with its places marked for Tab; `first` stands in the first place instead of a placeholder. */
export function templateOf(operator: Operator, first = ""): string {
  if (operator.symbol) return first ? `${escaped(first)} ${operator.symbol} ` : ` ${operator.symbol} `;
  const places = placeholders(operator).map((text, i) => (i === 0 && first ? escaped(first) : `\${${i + 1}:${text}}`));
  return `${operator.name}(${places.join(", ")})\${}`;
}

const escaped = (text: string) => text.replace(/[{}\\]/g, "\\$&");

/** Names of the arguments, for the right side of a list. */
export const argumentNames = (operator: Operator) => operator.places.map((place) => place.name).join(", ");

/** Written often, so offered first among those that fit as well. */
const COMMON = ["rank", "zscore", "ts_mean", "ts_std", "ts_delta", "ts_shift", "ts_rank", "ts_corr", "ts_sum", "ts_max", "ts_min", "ts_zscore", "decay_linear"];
const commonness = (offer: Offer) => COMMON.includes(offer.label) ? COMMON.indexOf(offer.label) : COMMON.length;

/** Everything that can be inserted. */
export function offersOf(vocabulary: Vocabulary, kept: readonly KeptFactor[]): Offer[] {
  const functions = vocabulary.operators
    .filter((operator) => !operator.symbol || /^[a-z]+$/.test(operator.symbol))
    .map((operator): Offer => ({
      label: operator.symbol || operator.name,
      detail: operator.symbol ? "" : argumentNames(operator),
      kind: operator.symbol ? "keyword" : "function",
      template: operator.symbol ? `${operator.symbol} ` : templateOf(operator),
      operator,
      words: [...operator.aliases, operator.zh, operator.en].join(" ").toLowerCase(),
    }));
  const special = vocabulary.special.map((one) => ({ ...one, unit: "shares" }));
  const fields = [...vocabulary.fields, ...special].map((field): Offer => {
    const name = field.name.replace("{N}", "20");
    return { label: name, detail: field.unit, kind: "field", template: field.name.includes("{N}") ? "adv${1:20}" : name, field, words: `${field.zh} ${field.en}`.toLowerCase() };
  });
  const factors = kept.map((factor): Offer => ({
    label: factor.name,
    detail: "",
    kind: "factor",
    template: `(${escaped(factor.expression)})`,
    factor,
    words: factor.note.toLowerCase(),
  }));
  return [...functions, ...fields, ...factors];
}

/** How well an offer fits what is typed: lower is better, null not at all. */
export function fit(offer: Offer, typed: string): number | null {
  const word = typed.toLowerCase();
  const label = offer.label.toLowerCase();
  if (label === word) return 0;
  if (label.startsWith(word)) return 1;
  if (label.split(/[_$]/).some((part) => part !== "" && part.startsWith(word))) return 2;
  if (offer.operator?.aliases.some((alias) => alias.toLowerCase().startsWith(word))) return 3;
  if (label.includes(word)) return 4;
  if (/[^\x00-\x7f]/.test(word) ? offer.words.includes(word) : word.length > 2 && new RegExp(`\\b${word.replace(/\W/g, "")}`).test(offer.words)) return 5;
  return null;
}

/** Offers for what is typed, the best first; the order of the vocabulary decides among equals. */
export function fitting(offers: readonly Offer[], typed: string): Offer[] {
  return offers
    .map((offer, at) => ({ offer, at, rank: fit(offer, typed) }))
    .filter((one): one is typeof one & { rank: number } => one.rank !== null)
    .sort((a, b) => a.rank - b.rank || commonness(a.offer) - commonness(b.offer) || a.at - b.at)
    .map((one) => one.offer);
}

export interface CallAt {
  readonly name: string;
  /** Where the name begins. */
  readonly from: number;
  /** Which argument the cursor is in, from 0. */
  readonly index: number;
}

/** The innermost call around a place. */
export function callAt(text: string, place: number): CallAt | null {
  let depth = 0;
  let index = 0;
  for (let at = place - 1; at >= 0; at -= 1) {
    const sign = text[at];
    if (sign === ")") depth += 1;
    else if (sign === "(") {
      if (depth > 0) depth -= 1;
      else {
        const name = /[A-Za-z_]\w*(?=\s*$)/.exec(text.slice(Math.max(0, at - 80), at));
        if (name) return { name: name[0], from: Math.max(0, at - 80) + name.index, index };
        index = 0;
      }
    } else if (sign === "," && depth === 0) index += 1;
  }
  return null;
}

/** The operator of that name or alias. */
export const operatorNamed = (vocabulary: Vocabulary | undefined, name: string): Operator | undefined =>
  vocabulary?.operators.find((operator) => !operator.symbol && [operator.name, ...operator.aliases].some((one) => one.toLowerCase() === name.toLowerCase()));

/** A sentence of the server's documentation without its marks. */
export const plain = (text: string) => text.replaceAll("`", "").trim();

/** The lines of a docstring that people need: no doctests, no internal layout. */
export function proseOf(doc: string): string[] {
  return doc
    .split(/\n\s*\n/)
    .filter((part) => !part.trimStart().startsWith(">>>"))
    .map((part) => plain(part.replace(/\s+/g, " ")))
    .filter(Boolean);
}
