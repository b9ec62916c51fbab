/** The expression in plain words, one line for each factor of a product or term of a sum. */

import { useTranslation } from "react-i18next";

import type { Description } from "@/api/expressions";
import { pick } from "@/lib/i18n";

import css from "./Editor.module.css";

const MOST_LINES = 12;
/** Shorter ones are one sentence. */
const LONG = 110;

export function Words({ facts, stale }: { facts: Description; stale: boolean }) {
  const { t, i18n } = useTranslation("workbench");
  const parts = facts.parts;
  const whole = pick({ zh: facts.words_zh, en: facts.words_en }, i18n.language);
  const inLines = whole.length > LONG && parts.length > 1 && parts.length <= MOST_LINES;
  if (!whole) return null;
  return (
    <div className={css["words"]} data-testid="in-words">
      <p>{inLines ? t("inWords").trim() : `${t("inWords")}${whole}`}</p>
      {inLines ? (
        <ol>
          {parts.map((part) => (
            <li key={part.start}>
              <span aria-hidden="true">{part.symbol ?? ""}</span>
              <span>{pick(part, i18n.language)}</span>
            </li>
          ))}
        </ol>
      ) : null}
      {stale ? <p className="muted">{t("stale")}</p> : null}
    </div>
  );
}
