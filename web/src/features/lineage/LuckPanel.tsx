/** How much of a result luck may explain: the deflated Sharpe ratio on its scale, in the server's zones and words. */

import { useTranslation } from "react-i18next";

import type { Luck, Search } from "@/api/result";
import type { TextRule } from "@/api/types";
import { number } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { LuckBar } from "@/ui/Luck";
import { Metric } from "@/ui/Metric";

import css from "./Lineage.module.css";

/** What the search before a factor does to its evidence, as the server tells it. */
export type SearchFacts = Pick<Search, "trials" | "dsr"> & { readonly luck?: (Luck & { readonly headline?: TextRule | null }) | null };

export function LuckPanel({ search }: { search: SearchFacts }) {
  const { t, i18n } = useTranslation("lineage");
  const { dsr, luck } = search;
  const measured = luck?.state === "measured" && typeof luck.dsr === "number";
  const zone = luck?.zones.find((one) => one.code === luck.zone);
  return (
    <section className={css["panel"]} aria-label={t("luck")}>
      <header className={css["panelHead"]}>
        <h2>{t("luck")}</h2>
        {measured ? null : (
          <span className={css["aside"]}>
            <Metric name="dsr">{t("dsr")}</Metric> <b>{number(dsr)}</b>
          </span>
        )}
      </header>
      {measured ? (
        <>
          <LuckBar
            label={t("luckLabel", { value: number(luck.dsr), zone: pick(zone, i18n.language) })}
            value={luck.dsr}
            valueText={`DSR ${number(luck.dsr)}`}
            zones={luck.zones.map((one) => ({ code: one.code, from: one.from, to: one.to, label: pick(one, i18n.language) }))}
          />
          {luck.headline ? <p className={css["text"]}>{pick(luck.headline, i18n.language)}</p> : null}
          {luck.headline?.code === "first_trial" ? null : <p className={css["text"]}>{t("luckSharpe")}</p>}
          {luck.sentence ? <p className={css["text"]}>{pick(luck.sentence, i18n.language)}</p> : null}
        </>
      ) : (
        <p className={css["text"]}>{pick(luck?.reason, i18n.language) || t(typeof dsr === "number" ? "luckOlder" : "luckNone")}</p>
      )}
    </section>
  );
}
