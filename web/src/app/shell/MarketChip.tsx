/** Which market the numbers come from, up to which day; synthetic data is amber and hatched on every page. */

import { Popover } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMarket } from "@/api/queries";
import type { MarketFacts } from "@/api/types";
import { integer, span } from "@/lib/format";
import { pick } from "@/lib/i18n";

import css from "./Shell.module.css";

const sourceName = (source: MarketFacts["sources"][number], language: string) => (typeof source === "string" ? source : pick(source, language) || source.name || "");

function Facts({ market }: { market: MarketFacts }) {
  const { t, i18n } = useTranslation("shell");
  return (
    <dl className={css["facts"]}>
      <dt>{t("marketName")}</dt>
      <dd>{market.market}</dd>
      <dt>{t("snapshot")}</dt>
      <dd><code>{market.snapshot}</code></dd>
      <dt>{t("coverage")}</dt>
      <dd>{span(market.first_day, market.last_day)}</dd>
      <dt>{t("names")}</dt>
      <dd>{integer(market.names)}</dd>
      {market.sources.length > 0 ? (
        <>
          <dt>{t("sources")}</dt>
          <dd>{market.sources.map((source) => sourceName(source, i18n.language)).join(" · ")}</dd>
        </>
      ) : null}
      {market.synthetic ? (
        <>
          <dt>{t("import")}</dt>
          <dd><code>quantgpt data import PATH</code></dd>
        </>
      ) : null}
    </dl>
  );
}

export function MarketChip() {
  const { t } = useTranslation("shell");
  const [open, setOpen] = useState(false);
  const market = useMarket();
  const facts = market.data;
  const demo = facts?.synthetic === true;
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withinPortal>
      <Popover.Target>
        <button type="button" className={`${css["chip"]} ${demo ? css["demo"] : ""}`} onClick={() => setOpen(!open)} aria-label={facts ? (demo ? t("demo") : t("asOf", { market: facts.market, day: facts.last_day })) : t("market")}>
          {demo ? (
            <>
              <span className={css["long"]}>{t("demo")}</span>
              <span className={css["short"]}>{t("demoShort")}</span>
            </>
          ) : (
            <>
              <span className={market.error ? css["dotBad"] : css["dot"]} />
              <span className={css["long"]}>{facts ? t("asOf", { market: facts.market, day: facts.last_day }) : t(market.error ? "noMarket" : "market")}</span>
              <span className={css["short"]}>{facts?.market ?? t("market")}</span>
            </>
          )}
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <div className={css["pop"]}>
          <div className={css["popHead"]}>{t("market")}</div>
          {facts ? <Facts market={facts} /> : <p style={{ padding: 14 }}>{market.error?.message === "offline" ? t("noMarket") : (market.error?.message ?? t("marketLoading"))}</p>}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
