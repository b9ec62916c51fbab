/** Ideas to start from: a click writes the expression, Ctrl + click runs it. */

import { useTranslation } from "react-i18next";

import { CodeLine } from "@/ui/Code";

import css from "./Examples.module.css";

export interface Example {
  readonly id: string;
  readonly expression: string;
}

export const EXAMPLES: readonly Example[] = [
  { id: "momentum", expression: "rank(close/ts_mean(close, 20))" },
  { id: "reversal", expression: "rank(-1 * ts_delta(close, 5) / ts_shift(close, 5))" },
  { id: "volatility", expression: "rank(-1 * ts_std(returns, 20))" },
  { id: "correlation", expression: "rank(ts_corr(close, volume, 10))" },
  { id: "composite", expression: "sign_power(rank(volume/adv20), 2) * rank((close-vwap)/close)" },
  { id: "intraday", expression: "rank(ts_mean((close - low) / (high - low), 10))" },
];

export function Examples({ onPick }: { onPick: (example: Example, text: string, runNow: boolean) => void }) {
  const { t } = useTranslation("examples");
  return (
    <section aria-label={t("title")}>
      <p className={css["title"]}>{t("title")}<span className={css["how"]}>{t("how")}</span></p>
      <div className={css["grid"]}>
        {EXAMPLES.map((example) => (
          <button key={example.id} type="button" className={css["card"]} data-example={example.id} onClick={(event) => onPick(example, example.expression, event.ctrlKey || event.metaKey)}>
            <span className={css["kind"]}>{t(`${example.id}_kind`)}</span>
            <span className={css["idea"]}>{t(`${example.id}_idea`)}</span>
            <CodeLine text={example.expression} className={css["code"] ?? ""} />
          </button>
        ))}
      </div>
    </section>
  );
}
