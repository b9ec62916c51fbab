/** Six cells over one ordinary input: pasting, the phone's own suggestion and screen readers work as in any field. */

import { useEffect, useRef } from "react";

import { focusHere } from "@/lib/focus";

import css from "./accounts.module.css";
import { DIGITS, digitsOf } from "./code";

interface CodeFieldProps {
  readonly id: string;
  readonly value: string;
  readonly onChange: (digits: string) => void;
  readonly describedBy: string;
  readonly invalid: boolean;
  readonly busy: boolean;
}

export function CodeField({ id, value, onChange, describedBy, invalid, busy }: CodeFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  // After a wrong code the cells are empty again, and the next digits go into them.
  useEffect(() => {
    if (!busy) focusHere(input.current);
  }, [busy]);
  return (
    <div className={css["code"]} data-invalid={invalid ? "" : undefined}>
      <div className={css["cells"]} aria-hidden="true">
        {Array.from({ length: DIGITS }, (_, i) => (
          <span key={i} className={css["cell"]} data-next={i === Math.min(value.length, DIGITS - 1) ? "" : undefined}>
            {value[i] ?? ""}
          </span>
        ))}
      </div>
      <input
        ref={input}
        id={id}
        data-testid="login-code"
        name="code"
        type="text"
        inputMode="numeric"
        autoComplete="one-time-code"
        spellCheck={false}
        readOnly={busy}
        aria-describedby={describedBy}
        aria-invalid={invalid}
        value={value}
        onChange={(event) => onChange(digitsOf(event.target.value))}
        onSelect={(event) => {
          // The caret stays behind the last digit, where the cells show it.
          const field = event.currentTarget;
          if (field.selectionStart === field.selectionEnd && field.selectionStart !== field.value.length) field.setSelectionRange(field.value.length, field.value.length);
        }}
      />
    </div>
  );
}
