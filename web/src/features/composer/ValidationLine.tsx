/** What the server thinks of the text: the place and the reason of a fault with a way to mend it, or the facts. */

import { useTranslation } from "react-i18next";

import type { LiveValidation } from "@/api/queries";
import type { ExpressionFault, Validation } from "@/api/types";
import { integer } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Button, MarkIcon, Term } from "@/ui/controls";

import css from "./Composer.module.css";

/** The server's sentence, unless it already says what we would add. */
export function useFaultText() {
  const { t, i18n } = useTranslation("composer");
  return (fault: ExpressionFault): string => {
    const zh = !i18n.language.startsWith("en");
    const known = t(`fault_${fault.code}`, { defaultValue: "", nearest: fault.nearest ?? "" });
    const reason = (pick({ zh: fault.zh ?? null, en: fault.en ?? null }, i18n.language) || (zh ? fault.message : known || fault.message)).replace(/[。.]\s*$/, "");
    const place = t("place", { line: fault.line, column: fault.column });
    const named = fault.nearest !== null && fault.nearest !== undefined && !reason.includes(`${fault.nearest}？`) && !/是否想写|did you mean/i.test(reason);
    const located = /第 ?\d+ ?行|line \d+/i.test(reason) ? reason : `${place}${reason}`;
    return named ? `${located}${t("didYouMean", { name: String(fault.nearest) })}` : located;
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
  readonly validation: LiveValidation;
  readonly onReplace: (start: number, end: number, by: string) => void;
}

export function ValidationLine({ id, validation, onReplace }: ValidationLineProps) {
  const { t, i18n } = useTranslation("composer");
  const faultText = useFaultText();
  const { now, lastValid, failure } = validation;
  const fault = now && !now.valid ? now.error : null;
  const facts = now?.valid ? now : lastValid;
  const notices = now?.valid ? (now.notices ?? []) : [];
  return (
    <div id={id} className={css["line"]} aria-live="polite">
      {fault ? (
        <div className={css["fault"]} data-testid="fault">
          <MarkIcon mark="fail" />
          <span className={css["faultText"]}>
            {faultText(fault)}
            {fault.hint && (fault.nearest === null || fault.nearest === undefined) ? <span className="muted"> {fault.hint}</span> : null}
          </span>
          {typeof fault.nearest === "string" && fault.end > fault.start ? (
            <Button small onClick={() => onReplace(fault.start, fault.end, String(fault.nearest))}>
              {t("replace")} <kbd className={css["kbd"]}>Alt ⏎</kbd>
            </Button>
          ) : null}
        </div>
      ) : null}
      {notices.map((notice) => (
        <div key={`${notice.code}-${notice.start}`} className={css["fault"]}>
          <MarkIcon mark="doubt" />
          <span className={css["faultText"]}>{pick(notice, i18n.language)}</span>
        </div>
      ))}
      {facts && !fault ? <Facts facts={facts} stale={!now} /> : null}
      {failure?.offline && !now ? <div className={css["facts"]}>{t("noValidation")}</div> : null}
    </div>
  );
}
