/** Which names the text is written in, in the address; switching prints the same tree in the other names, or says what has no twin. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";

import type { Description, Dialect, InDialect } from "@/api/expressions";

export interface DialectSwitch {
  readonly dialect: Dialect;
  /** Why the last switch was refused; null when nothing was. */
  readonly refused: InDialect["notes"] | null;
  readonly forgetRefusal: () => void;
  readonly choose: (next: Dialect) => void;
}

const KEY = { quantgpt: "native", qlib: "qlib" } as const;

/** `now` is the answer for the text that stands there. */
export function useDialect(dialect: Dialect, text: string, now: Description | null, setText: (text: string) => void): DialectSwitch {
  const navigate = useNavigate();
  const [refusal, setRefusal] = useState<{ text: string; notes: InDialect["notes"] } | null>(null);
  /** What stood there before a switch: going back without a change brings it back as it was written. */
  const before = useRef<{ dialect: Dialect; text: string; became: string } | null>(null);

  const choose = (next: Dialect) => {
    if (next === dialect) return;
    const go = (becomes: string) => {
      before.current = { dialect, text, became: becomes };
      setRefusal(null);
      setText(becomes);
      void navigate({ to: ".", search: (old: Record<string, unknown>) => ({ ...old, dialect: next === "quantgpt" ? undefined : next }), replace: true, resetScroll: false } as never);
    };
    if (!text.trim()) return go(text);
    const kept = before.current;
    if (kept && kept.dialect === next && kept.became === text) return go(kept.text);
    const other = now?.dialects?.[KEY[next]];
    if (!other) return;
    if (other.text === null) setRefusal({ text, notes: other.notes });
    else go(other.text);
  };
  return { dialect, refused: refusal !== null && refusal.text === text ? refusal.notes : null, forgetRefusal: () => setRefusal(null), choose };
}

export function useDialectOfAddress(): Dialect {
  const search: Record<string, unknown> = useSearch({ strict: false });
  return search["dialect"] === "qlib" ? "qlib" : "quantgpt";
}
