/** The catalogue as choices: what each strategy does in one sentence. */

import { useId } from "react";
import { useTranslation } from "react-i18next";

import type { CryptoTemplate } from "@/api/cryptoTypes";

import css from "./Form.module.css";

interface TemplatePickerProps {
  readonly templates: readonly CryptoTemplate[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}

export function TemplatePicker({ templates, value, onChange }: TemplatePickerProps) {
  const { t, i18n } = useTranslation("simulation");
  const english = i18n.language.startsWith("en");
  const name = useId();
  return (
    <fieldset className={css["templates"]}>
      <legend className="sr">{t("template")}</legend>
      {templates.map((template) => (
        <label key={template.id} className={css["template"]}>
          <input type="radio" name={name} checked={template.id === value} onChange={() => onChange(template.id)} data-template={template.id} />
          <strong>{english ? template.title_en : template.title}</strong>
          <span>{english ? template.summary_en : template.summary}</span>
        </label>
      ))}
    </fieldset>
  );
}
