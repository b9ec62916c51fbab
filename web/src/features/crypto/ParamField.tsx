/** One parameter as a field: its words and limits from the schema, its fault from the server. */

import { useTranslation } from "react-i18next";

import { TextButton } from "@/ui/controls";
import { Field } from "@/ui/Field";

import css from "./Form.module.css";
import { percentOf, type FieldSpec } from "./fields";

export interface FaultOf {
  readonly text: string;
  readonly nearest: string;
}

interface EntryProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly fault?: FaultOf | undefined;
  readonly mode?: "decimal" | "numeric" | "text";
  readonly placeholder?: string;
  readonly name?: string;
  readonly onChange: (text: string) => void;
}

/** A line of text with its fault below; the nearest value that can be is one press away. */
export function Entry({ label, hint, value, fault, mode = "decimal", placeholder, name, onChange }: EntryProps) {
  const { t } = useTranslation("simulation");
  return (
    <div className={css["entry"]}>
      <Field label={label} hint={hint} fault={fault?.text}>
        {(input) => <input {...input} type="text" inputMode={mode} autoComplete="off" spellCheck={false} maxLength={60} value={value} placeholder={placeholder} data-field={name} onChange={(event) => onChange(event.target.value)} />}
      </Field>
      {fault && fault.nearest !== "" && fault.nearest !== value.trim() ? <TextButton className={css["nearest"] ?? ""} onClick={() => onChange(fault.nearest)}>{t("useNearest", { value: fault.nearest })}</TextButton> : null}
    </div>
  );
}

interface ParamFieldProps {
  readonly field: FieldSpec;
  readonly value: string;
  readonly fault?: FaultOf | undefined;
  readonly onChange: (text: string) => void;
}

export function ParamField({ field, value, fault, onChange }: ParamFieldProps) {
  const { t } = useTranslation("simulation");
  if (field.kind === "choice") {
    return (
      <Field label={field.title} hint={field.note} fault={fault?.text}>
        {(input) => (
          <select {...input} value={value} data-field={field.name} onChange={(event) => onChange(event.target.value)}>
            {field.required || field.standard !== "" ? null : <option value="">{t("unset")}</option>}
            {field.choices.map((choice) => <option key={choice} value={choice}>{t(`choice_${choice}`, { defaultValue: choice })}</option>)}
          </select>
        )}
      </Field>
    );
  }
  const meant = field.unit === "fraction" ? percentOf(value) : "";
  return (
    <Entry
      label={[field.title, field.unit === "quote" ? "USDT" : "", meant ? `= ${meant}` : ""].filter(Boolean).join(" ")}
      hint={field.note}
      value={value}
      fault={fault}
      mode={field.kind === "integer" ? "numeric" : "decimal"}
      placeholder={field.required ? "" : field.standard === "" ? t("unset") : field.standard}
      name={field.name}
      onChange={onChange}
    />
  );
}
