/** One line to search by: a label that is read aloud, a lens, and a way to empty it. */

import { useId } from "react";
import { useTranslation } from "react-i18next";

import { CrossIcon } from "./icons";
import css from "./SearchField.module.css";

interface SearchFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly autoFocus?: boolean;
}

export function SearchField({ label, value, onChange, placeholder, autoFocus = false }: SearchFieldProps) {
  const { t } = useTranslation("ui");
  const id = useId();
  return (
    <span className={css["field"]}>
      <label htmlFor={id} className="sr">{label}</label>
      <svg width="14" height="14" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.25" strokeLinecap="round" aria-hidden="true">
        <circle cx="7" cy="7" r="4.5" />
        <path d="m10.5 10.5 3 3" />
      </svg>
      <input id={id} type="text" inputMode="search" autoComplete="off" spellCheck={false} maxLength={200} value={value} placeholder={placeholder ?? label} data-autofocus={autoFocus || undefined} onChange={(event) => onChange(event.target.value)} />
      {value ? (
        <button type="button" aria-label={t("clear")} onClick={() => onChange("")}>
          <CrossIcon size={12} />
        </button>
      ) : null}
    </span>
  );
}
