/** The rules behind every number, one sentence each. */

import { useTranslation } from "react-i18next";

import css from "./Help.module.css";

const CHAPTERS = {
  time: ["lookahead", "members", "warmup"],
  trading: ["execution", "blocked", "prices", "costs", "long"],
  statistics: ["direction", "annual", "permutation", "interval", "trials", "sealedSlice"],
  reading: ["missing", "colours", "grades", "numbers", "times", "demo"],
} as const;

export function Conventions() {
  const { t } = useTranslation("help");
  return (
    <div className={css["chapters"]}>
      {Object.entries(CHAPTERS).map(([chapter, rules]) => (
        <section key={chapter}>
          <h2>{t(`rules_${chapter}`)}</h2>
          <dl className={css["words"]}>
            {rules.map((rule) => (
              <div key={rule}>
                <dt>{t(`rule_${rule}`)}</dt>
                <dd>{t(`rule_${rule}_text`)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
