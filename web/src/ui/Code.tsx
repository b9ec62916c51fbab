/** Expression text in the code colours. */

import { useMemo } from "react";

import { pieces, type TokenKind } from "@/lib/lexer";

import css from "./Code.module.css";

export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: "error" | "notice";
}

const KIND: Record<TokenKind, string | undefined> = {
  function: css["function"],
  field: css["field"],
  number: css["number"],
  operator: css["operator"],
  plain: undefined,
};

/** Coloured pieces, cut further at the ends of the marked span so that exactly those characters are underlined. */
export function Coloured({ text, span }: { text: string; span?: Span | null }) {
  const parts = useMemo(() => {
    const cuts = span ? [span.start, Math.max(span.end, span.start + 1)] : [];
    return pieces(text).flatMap((piece) => {
      const inside = cuts.map((cut) => cut - piece.start).filter((cut) => cut > 0 && cut < piece.text.length);
      const edges = [0, ...inside, piece.text.length];
      return edges.slice(1).map((end, i) => {
        const begin = edges[i] ?? 0;
        const start = piece.start + begin;
        return { kind: piece.kind, text: piece.text.slice(begin, end), start, marked: span != null && start >= span.start && start < Math.max(span.end, span.start + 1) };
      });
    });
  }, [text, span]);
  return (
    <>
      {parts.map((part) => (
        <span key={part.start} className={[KIND[part.kind], part.marked ? (span?.kind === "error" ? css["wavy"] : css["wavyAmber"]) : ""].filter(Boolean).join(" ") || undefined}>
          {part.text}
        </span>
      ))}
    </>
  );
}

export function CodeBlock({ text }: { text: string }) {
  return (
    <pre className={css["block"]} tabIndex={0}>
      <code>
        <Coloured text={text} />
      </code>
    </pre>
  );
}

export function CodeLine({ text, className = "" }: { text: string; className?: string }) {
  return (
    <code className={`${css["line"]} ${className}`} title={text}>
      <Coloured text={text} />
    </code>
  );
}
