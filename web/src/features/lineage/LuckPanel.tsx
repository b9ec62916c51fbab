/** How much of a result luck may explain: the deflated Sharpe ratio on its scale, and what it was deflated by. */

import { useTranslation } from "react-i18next";

import type { TextRule } from "@/api/types";
import { number } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Metric } from "@/ui/Metric";

import css from "./Lineage.module.css";

/** What the search before a factor does to its evidence, as the server tells it. */
export interface SearchFacts {
  readonly trials?: number | null;
  readonly effective_trials?: number | null;
  readonly sharpe_annual?: number | null;
  readonly sharpe_hurdle_annual?: number | null;
  readonly dsr?: number | null;
  readonly luck?: { readonly headline?: TextRule | null; readonly sentence?: TextRule | null } | null;
}

const zoneOf = (dsr: number) => (dsr < 0.5 ? "zoneLuck" : dsr < 0.95 ? "zoneThin" : "zoneFine");

export function LuckPanel({ search }: { search: SearchFacts | null | undefined }) {
  const { t, i18n } = useTranslation("lineage");
  const dsr = search?.dsr;
  const own = (): string =>
    (search?.effective_trials ?? 1) > 1
      ? t("luckSentence", { trials: search?.trials ?? 1, effective: number(search?.effective_trials, 1), hurdle: number(search?.sharpe_hurdle_annual), own: number(search?.sharpe_annual) })
      : t("luckSingle", { own: number(search?.sharpe_annual) });
  return (
    <section className={css["panel"]} aria-label={t("luck")}>
      <header className={css["panelHead"]}>
        <h2>{t("luck")}</h2>
        <span className={css["aside"]}>
          <Metric name="dsr">{t("dsr")}</Metric> <b>{number(dsr)}</b>
        </span>
      </header>
      {typeof dsr === "number" && search ? (
        <>
          <div className={css["dsr"]} role="img" aria-label={t("luckLabel", { value: number(dsr), zone: t(zoneOf(dsr)) })}>
            <i style={{ width: "50%" }} data-zone="luck" />
            <i style={{ width: "40%" }} data-zone="thin" />
            <i style={{ width: "5%" }} data-zone="near" />
            <i style={{ width: "5%" }} data-zone="fine" />
            <b style={{ left: `${Math.min(100, Math.max(0, dsr * 100))}%` }} />
          </div>
          <p className={css["zones"]}><span>{t("zoneLuck")}</span><span>{t("zoneThin")}</span><span>{t("zoneFine")}</span></p>
          <p className={css["text"]}>{pick(search.luck?.headline, i18n.language) || own()}</p>
          {search.luck?.sentence ? <p className={css["text"]}>{pick(search.luck.sentence, i18n.language)}</p> : null}
        </>
      ) : (
        <p className={css["text"]}>{t("luckNone")}</p>
      )}
    </section>
  );
}
