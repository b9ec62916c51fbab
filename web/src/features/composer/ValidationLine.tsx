/** What the server thinks of the text: the place and the reason of a fault with a way to mend it, or the facts. */

import { useTranslation } from "react-i18next";

import type { LiveValidation } from "@/api/queries";
import type { ExpressionFault, Validation } from "@/api/types";
import { integer } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Button, MarkIcon, Term } from "@/ui/controls";

import css from "./Composer.module.css";

/** Codes whose nearest value can stand in the text in place of the fault. */
const REPLACEABLE = new Set(["unknown_column", "unknown_function", "window", "operator", "missing_field"]);

/** What to put in place of the fault, when one press can mend it. */
export function replacement(fault: ExpressionFault): string | null {
  if (!REPLACEABLE.has(fault.code) || fault.end <= fault.start) return null;
  const near = fault.nearest === null || fault.nearest === undefined ? "" : String(fault.nearest);
  return /^[\w.]+$|^[-+*/^<>=]{1,2}$/.test(near) ? near : null;
}

/** Place, reason and the nearest valid word, in the reader's language. */
export function useFaultText() {
  const { t, i18n } = useTranslation("composer");
  return (fault: ExpressionFault, text: string): string => {
    const word = text.slice(fault.start, fault.end).slice(0, 40);
    const near = replacement(fault);
    const server = i18n.language.startsWith("en") ? fault.message : fault.hint || fault.message;
    const reason = t(`fault_${fault.code}`, { defaultValue: server, word, server });
    const sentence = `${t("place", { line: fault.line, column: fault.column })}${reason.replace(/[。.]$/, "")}`;
    return near === null || sentence.includes(near) ? sentence : `${sentence}${t("didYouMean", { name: near })}`;
  };
}

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
  readonly onReplace: (start: number, end: number, by: string) => void;
}

export function ValidationLine({ id, text, validation, onReplace }: ValidationLineProps) {
  const { t, i18n } = useTranslation("composer");
  const faultText = useFaultText();
  const { now, lastValid, failure } = validation;
  const fault = now && !now.valid && !now.words ? now.error : null;
  const near = fault ? replacement(fault) : null;
  const facts = now?.valid ? now : lastValid;
  const notices = now?.valid ? (now.notices ?? []) : [];
  return (
    <div id={id} className={css["line"]} aria-live="polite">
      {fault ? (
        <div className={css["fault"]} data-testid="fault">
          <MarkIcon mark="fail" />
          <span className={css["faultText"]}>{faultText(fault, text)}</span>
          {near === null ? null : (
            <Button small onClick={() => onReplace(fault.start, fault.end, near)}>
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
