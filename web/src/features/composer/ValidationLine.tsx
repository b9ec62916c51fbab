/** What the server thinks of the text: the place and the reason of a fault with a way to mend it, or the facts. */

import { useTranslation } from "react-i18next";

import type { LiveValidation } from "@/api/queries";
import type { Validation } from "@/api/types";
import { useFaultText } from "@/lib/faultText";
import { integer } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { mendOf, type Change } from "@/lib/mend";
import { Button, MarkIcon, Term } from "@/ui/controls";

import css from "./Composer.module.css";

function Facts({ facts, stale }: { facts: Validation; stale: boolean }) {
  const { t, i18n } = useTranslation("composer");
  const words = pick({ zh: facts.words_zh ?? null, en: facts.words_en ?? null }, i18n.language);
  const items = [
    { key: "warmup", value: t("sessions", { count: facts.warmup ?? 0 }) },
    { key: "lookahead", value: integer(facts.lookahead) },
    { key: "nodes", value: t("nodesValue", { nodes: integer(facts.nodes), depth: integer(facts.depth) }) },
    ...(facts.unit ? [{ key: "unit", value: t(`unit_${facts.unit}`, { defaultValue: facts.unit }) }] : []),
  ];
  return (
    <div className={css["facts"]} data-stale={stale ? "" : undefined}>
      {items.map((item) => (
        <span key={item.key}>
          <Term meaning={t(`${item.key}_meaning`)}>{t(item.key)}</Term> <b>{item.value}</b>
        </span>
      ))}
      {words ? <span className={css["words"]}>{words}</span> : null}
    </div>
  );
}

interface ValidationLineProps {
  readonly id: string;
  readonly text: string;
  readonly validation: LiveValidation;
  readonly onReplace: (change: Change) => void;
}

export function ValidationLine({ id, text, validation, onReplace }: ValidationLineProps) {
  const { t, i18n } = useTranslation("composer");
  const faultText = useFaultText();
  const { now, lastValid, failure } = validation;
  const fault = now && !now.valid && !now.words ? now.error : null;
  const change = fault ? mendOf(text, fault) : null;
  const facts = now?.valid ? now : lastValid;
  const notices = now?.valid ? (now.notices ?? []) : [];
  return (
    <div id={id} className={css["line"]} aria-live="polite">
      {fault ? (
        <div className={css["fault"]} data-testid="fault">
          <MarkIcon mark="fail" />
          <span className={css["faultText"]}>{faultText(fault, text)}</span>
          {change === null ? null : (
            <Button small onClick={() => onReplace(change)}>
              {t("replace")} <kbd className={css["kbd"]}>Alt ⏎</kbd>
            </Button>
          )}
        </div>
      ) : null}
      {notices.map((notice) => (
        <div key={`${notice.code}-${notice.start}`} className={css["fault"]}>
          <MarkIcon mark="doubt" />
          <span className={css["faultText"]}>{pick(notice, i18n.language)}</span>
        </div>
      ))}
      {now?.words ? <div className={css["facts"]} data-testid="words">{t("words")}</div> : null}
      {facts && !fault && !now?.words && !(failure && !now) ? <Facts facts={facts} stale={!now} /> : null}
      {failure?.offline && !now ? <div className={css["facts"]}>{t("noValidation")}</div> : null}
    </div>
  );
}
