/** An expression with what was added underlined, or what was removed struck out. */

import css from "./ChangedCode.module.css";

interface Place {
  readonly start: number;
  readonly end: number;
}

export function ChangedCode({ text, spans, kind }: { text: string; spans: readonly Place[]; kind: "added" | "removed" }) {
  const letters = [...text];
  const cuts = [0, ...spans.flatMap(({ start, end }) => [start, end]), letters.length];
  const parts = cuts.slice(1).map((end, i) => ({ text: letters.slice(cuts[i], end).join(""), marked: i % 2 === 1 }));
  const Mark = kind === "added" ? "ins" : "del";
  return (
    <code className={css["code"]}>
      {parts.map((part, i) => (part.marked ? <Mark key={i} className={css[kind]}>{part.text}</Mark> : <span key={i}>{part.text}</span>))}
    </code>
  );
}
