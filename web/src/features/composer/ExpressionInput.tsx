/** A text area that shows expression colours in place: the painted text lies under a transparent native input. */

import { forwardRef, type KeyboardEvent } from "react";

import { Coloured, type Span } from "@/ui/Code";

import css from "./Composer.module.css";

interface ExpressionInputProps {
  readonly id: string;
  readonly label: string;
  readonly describedBy: string;
  readonly value: string;
  readonly placeholder: string;
  readonly span: Span | null;
  readonly invalid: boolean;
  /** It reads as a sentence. */
  readonly words: boolean;
  readonly rows: number;
  readonly onChange: (text: string) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLTextAreaElement>) => void;
}

export const ExpressionInput = forwardRef<HTMLTextAreaElement, ExpressionInputProps>(function ExpressionInput(
  { id, label, describedBy, value, placeholder, span, invalid, words, rows, onChange, onKeyDown },
  ref,
) {
  return (
    <div className={css["scroller"]}>
      <div className={css["editor"]} data-words={words ? "" : undefined} style={{ minHeight: rows * 22 }}>
        <pre className={css["paint"]} aria-hidden="true">
          {words ? value : <Coloured text={value} span={span} />}
          {"\n"}
        </pre>
        <textarea
          ref={ref}
          id={id}
          className={css["input"]}
          value={value}
          placeholder={placeholder}
          aria-label={label}
          aria-describedby={describedBy}
          aria-invalid={invalid}
          maxLength={20_000}
          rows={1}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          autoCorrect="off"
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={onKeyDown}
        />
      </div>
    </div>
  );
});
