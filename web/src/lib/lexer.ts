/** Colours for expression text while it is being typed. The server decides what is valid; this only tells words apart. */

export type TokenKind = "function" | "field" | "number" | "operator" | "plain";

export interface Piece {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
}

const PATTERN = /(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|([-+*/^<>=!&|]+)|([\s\S])/g;
const WORDS = new Set(["and", "or", "not", "if", "else"]);

/** Cut text into coloured pieces; joined, they are the text again. */
export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  for (const match of text.matchAll(PATTERN)) {
    const start = match.index;
    const word = match[0];
    let kind: TokenKind = "plain";
    if (match[1] !== undefined) kind = "number";
    else if (match[2] !== undefined) {
      const called = /^\s*\(/.test(text.slice(start + word.length));
      kind = WORDS.has(word) ? "operator" : called ? "function" : "field";
    } else if (match[3] !== undefined) kind = "operator";
    const last = out[out.length - 1];
    if (kind === "plain" && last?.kind === "plain") out[out.length - 1] = { ...last, text: last.text + word };
    else out.push({ kind, text: word, start });
  }
  return out;
}

/** Break a long expression before its outermost operators, for reading. */
export function broken(text: string, width = 64): string {
  if (text.length <= width || text.includes("\n")) return text;
  let depth = 0;
  const places: number[] = [];
  for (let i = 0; i < text.length; i += 1) {
    const sign = text[i] ?? "";
    if (sign === "(") depth += 1;
    else if (sign === ")") depth -= 1;
    else if (depth === 0 && i > 0 && "+-*/".includes(sign) && text[i - 1] === " " && text[i + 1] === " ") places.push(i);
  }
  let out = text;
  for (const place of places.reverse()) out = `${out.slice(0, place).trimEnd()}\n  ${out.slice(place)}`;
  return out;
}
