/** What a test of many found about one factor. */

import { useTranslation } from "react-i18next";

import type { LibraryTestRow } from "@/api/libraryTests";
import { ic, number, percent, pValue, score, share } from "@/lib/format";
import { Grade, MarkIcon } from "@/ui/controls";
import { Metric } from "@/ui/Metric";

import css from "./Factors.module.css";

export function Tested({ row }: { row: LibraryTestRow }) {
  const { t } = useTranslation("shelves");
  if (row.status === "failed") {
    return (
      <p className={css["failed"]}>
        <MarkIcon mark="fail" />
        <span>{[row.error, row.hint].filter(Boolean).join(" ")}</span>
      </p>
    );
  }
  const figures: readonly (readonly [string, string, string])[] = [
    ["rank_ic", t("rankIc"), ic(row.rank_ic_mean)],
    ["t_hac", t("tValue"), number(row.rank_ic_t_hac)],
    ["q_bh", t("qValue"), pValue(row.q_value)],
    ["icir", t("icir"), number(row.icir_annual)],
    ["cagr", t("cagr"), percent(row.cagr)],
    ["sharpe", t("sharpe"), number(row.sharpe)],
    ["max_drawdown", t("maxDrawdown"), percent(row.max_drawdown)],
    ["monotonicity", t("monotonicity"), number(row.monotonicity_score)],
    ["turnover", t("turnover"), share(row.turnover)],
  ];
  return (
    <section className={css["tested"]} aria-label={t("testResult")}>
      <h4>{t("testResult")}{row.grade ? <><Grade letter={row.grade} size={22} /> {score(row.score)}</> : null}</h4>
      {row.same_as ? <p className={css["small"]}>{t("sameAs", { name: row.same_as })}</p> : null}
      <dl className={css["factFacts"]}>
        {figures.map(([name, label, value]) => (
          <div key={name}>
            <dt><Metric name={name}>{label}</Metric></dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
