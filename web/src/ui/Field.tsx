/** A labelled field with a hint and a fault below it, and a switch. The input itself is the browser's. */

import { useId, type ReactNode } from "react";

import css from "./Field.module.css";

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly fault?: string | undefined;
  /** Gets the id for the input, the class it wears, and what describes it. */
  readonly children: (input: { id: string; className: string; "aria-describedby": string | undefined; "aria-invalid": boolean }) => ReactNode;
}

export function Field({ label, hint, fault, children }: FieldProps) {
  const id = useId();
  return (
    <div className={css["field"]}>
      <label htmlFor={id}>{label}</label>
      {children({ id, className: css["input"] ?? "", "aria-describedby": fault || hint ? `${id}-below` : undefined, "aria-invalid": fault !== undefined })}
      {fault || hint ? (
        <p id={`${id}-below`} className={fault ? css["fault"] : css["hint"]}>
          {fault ?? hint}
        </p>
      ) : null}
    </div>
  );
}

interface SwitchProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

export function Switch({ label, hint, on, onChange }: SwitchProps) {
  const id = useId();
  return (
    <div className={css["switchRow"]}>
      <div>
        <label htmlFor={id}>{label}</label>
        {hint ? <p id={`${id}-below`} className={css["hint"]}>{hint}</p> : null}
      </div>
      <button id={id} type="button" role="switch" aria-checked={on} aria-describedby={hint ? `${id}-below` : undefined} className={css["switch"]} onClick={() => onChange(!on)}>
        <i />
      </button>
    </div>
  );
}
