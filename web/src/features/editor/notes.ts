/** What an operator or a field means, as nodes for the pop-overs of the editor. Everything goes in as text. */

import type { Operator } from "@/api/operators";
import { pick } from "@/lib/i18n";

import { plain, type Offer } from "./vocabulary";

/** The words that the notes need, in the language of the page. */
export interface NoteWords {
  readonly language: string;
  /** What may stand in a place: "window" → "1–1,000 sessions". */
  readonly takes: (kind: string) => string;
  readonly unit: (unit: string) => string;
  readonly kept: string;
}

export function node(name: string, className: string, ...inside: (string | Node)[]): HTMLElement {
  const out = document.createElement(name);
  if (className) out.className = className;
  out.append(...inside);
  return out;
}

/** `ts_corr(x, y, n)` with one place in bold. */
export function signatureLine(operator: Operator, here: number | null): HTMLElement {
  const line = node("div", "", node("span", "note-name", operator.name), node("span", "note-args", "("));
  operator.places.forEach((place, i) => {
    if (i > 0) line.append(node("span", "note-args", ", "));
    line.append(node("span", i === here ? "note-here" : "note-args", place.name));
  });
  line.append(node("span", "note-args", ")"));
  return line;
}

const limits = (operator: Operator, words: NoteWords) => operator.places.map((place) => `${place.name}: ${words.takes(place.takes)}`).join(" · ");

/** The panel beside the list of completions. */
export function offerNote(offer: Offer, words: NoteWords): HTMLElement | null {
  const { operator, field, factor } = offer;
  if (operator) {
    const note = node("div", "", operator.symbol ? node("div", "note-name", operator.signature) : signatureLine(operator, null), node("div", "note-text", plain(pick(operator, words.language))));
    if (!operator.symbol) note.append(node("div", "note-small", limits(operator, words)));
    note.append(node("div", "note-code", operator.example));
    return note;
  }
  if (field) return node("div", "", node("div", "note-name", field.name), node("div", "note-text", pick(field, words.language)), node("div", "note-small", words.unit(field.unit)));
  if (factor) return node("div", "", node("div", "note-text", words.kept), node("div", "note-code", factor.expression.slice(0, 300)));
  return null;
}

/** The help inside the brackets of a call. */
export function signatureNote(operator: Operator, here: number, words: NoteWords): HTMLElement {
  const at = Math.min(here, operator.places.length - 1);
  const place = operator.places[at];
  const box = node("div", "signature", signatureLine(operator, at));
  if (place) box.append(node("div", "note-small", `${place.name}: ${words.takes(place.takes)}`));
  return box;
}
