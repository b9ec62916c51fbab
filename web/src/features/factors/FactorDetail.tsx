/** One factor of a library: what it measures, how it is written, what it needs, and what can be done with it. */

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { ShelvedFactor } from "@/api/libraries";
import { integer } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { CodeBlock } from "@/ui/Code";
import { Button } from "@/ui/controls";
import { Strip } from "@/ui/states";

import css from "./Factors.module.css";

export interface FactorActions {
  readonly onRun: (expression: string) => void;
  readonly onEdit: (expression: string) => void;
  /** Absent for what is kept already. */
  readonly onKeep?: ((expression: string) => void) | undefined;
  /** Only for kept ones. */
  readonly onDrop?: ((factor: ShelvedFactor) => void) | undefined;
}

interface FactorDetailProps extends FactorActions {
  readonly factor: ShelvedFactor;
  readonly category: string;
  /** What a test of many found about it. */
  readonly tested?: ReactNode;
}

export function FactorDetail({ factor, category, tested, onRun, onEdit, onKeep, onDrop }: FactorDetailProps) {
  const { t, i18n } = useTranslation(["shelves", "mend"]);
  const native = factor.native;
  const reason = pick({ zh: factor.reason_zh, en: factor.reason_en }, i18n.language);
  const facts: readonly (readonly [string, string])[] = [
    [t("category"), category],
    [t("warmup"), factor.warmup === null ? "" : t("sessions", { count: factor.warmup, value: integer(factor.warmup) })],
    [t("unit"), factor.unit ? t(`mend:unit_${factor.unit}`, { defaultValue: factor.unit }) : ""],
    [t("fieldsUsed"), factor.fields.join(", ")],
    [t("source"), factor.source],
  ];
  return (
    <div className={css["factor"]}>
      <h3 data-user-text="">{factor.name}</h3>
      <p data-user-text="">{pick(factor, i18n.language)}</p>
      {reason ? <Strip>{reason}</Strip> : null}
      {factor.expression ? (
        <>
          {native && native !== factor.expression ? <p className={css["small"]}>{t("asPublished")}</p> : null}
          <CodeBlock text={factor.expression} />
        </>
      ) : null}
      {native && native !== factor.expression ? (
        <>
          <p className={css["small"]}>{t("inOurWords")}</p>
          <CodeBlock text={native} />
        </>
      ) : null}
      {native ? (
        <div className={css["actions"]}>
          <Button look="primary" disabled={!factor.runnable} onClick={() => onRun(native)} data-testid="factor-run">{t("run")}</Button>
          <Button onClick={() => onEdit(native)} data-testid="factor-edit">{t("openEditor")}</Button>
          {onKeep ? <Button onClick={() => onKeep(native)}>{t("keep")}</Button> : null}
          {onDrop ? <Button onClick={() => onDrop(factor)}>{t("drop")}</Button> : null}
        </div>
      ) : onDrop ? (
        <div className={css["actions"]}><Button onClick={() => onDrop(factor)}>{t("drop")}</Button></div>
      ) : null}
      {tested}
      <dl className={css["factFacts"]}>
        {facts.filter(([, value]) => value).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd data-user-text="">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
