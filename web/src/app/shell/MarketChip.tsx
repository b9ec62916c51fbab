/** Which market the numbers come from, up to which day; synthetic data is amber and hatched on every page. */

import { Popover } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import { useCryptoMarket } from "@/api/crypto";
import { useMarkets, useSources } from "@/api/data";
import { useMarket } from "@/api/queries";
import type { MarketFacts } from "@/api/types";
import { integer, span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { usePreference } from "@/lib/preference";
import { Button, buttonClass } from "@/ui/controls";
import { UploadIcon } from "@/ui/icons";

import { PAGES } from "../pages";
import { isGone } from "./marketGone";
import { useOnCrypto } from "./useOnCrypto";
import css from "./Shell.module.css";

const HAS_DATA_PAGE = PAGES.some((page) => page.id === "data");

/** The sources outside this machine, each with its state as a shape and a word. */
function Sources() {
  const { t, i18n } = useTranslation("shell");
  const sources = useSources();
  const vendors = (sources.data ?? []).filter((one) => one.kind === "vendor");
  if (vendors.length === 0) return null;
  return (
    <div>
      <dt>{t("sources")}</dt>
      <dd>
        {vendors.map((one) => (
          <span key={one.name} className={css["source"]} title={(i18n.language === "en" ? one.en_reason : one.zh_reason) ?? undefined}>
            <i className={css["shape"]} data-state={{ fine: "fine", degraded: "degraded", unavailable: "gone", off: "unknown", untested: "unknown" }[one.status]} />
            {pick(one, i18n.language)} · {t(`source_${one.status}`)}
          </span>
        ))}
      </dd>
    </div>
  );
}

function Facts({ market, onLeave }: { market: MarketFacts; onLeave: () => void }) {
  const { t } = useTranslation("shell");
  const markets = useMarkets();
  const [, choose] = usePreference("market");
  const item = markets.data?.markets.find((one) => one.name === market.market);
  const others = (markets.data?.markets ?? []).filter((one) => one.name !== market.market && !one.broken);
  return (
    <>
      <dl className={css["facts"]}>
        <div>
          <dt>{t("marketName")}</dt>
          <dd>{market.market}</dd>
        </div>
        <div>
          <dt>{t("snapshot")}</dt>
          <dd><code>{market.snapshot}</code></dd>
        </div>
        <div>
          <dt>{t("coverage")}</dt>
          <dd>{span(market.first_day, market.last_day)}</dd>
        </div>
        <div>
          <dt>{t("names")}</dt>
          <dd>{integer(market.names)}</dd>
        </div>
        {item?.warnings ? (
          <div>
            <dt>{t("warnings")}</dt>
            <dd><Link to="/data" onClick={onLeave}>{t("warningCount", { count: item.warnings })}</Link></dd>
          </div>
        ) : null}
        <Sources />
      </dl>
      {market.synthetic ? <p className={css["popNote"]}>{t("demoNote")}</p> : null}
      {others.length > 0 ? (
        <div className={css["popFoot"]} role="group" aria-label={t("switchMarket")}>
          <span className={css["popLabel"]}>{t("switchMarket")}</span>
          {others.map((one) => (
            <Button
              key={one.name}
              small
              onClick={() => {
                choose(one.name === markets.data?.default ? null : one.name);
                onLeave();
              }}
            >
              {one.name}
            </Button>
          ))}
        </div>
      ) : null}
      {HAS_DATA_PAGE ? (
        <div className={css["popFoot"]}>
          <Link to="/data" search={{ tab: "import" } as never} className={buttonClass("default", true)} onClick={onLeave}><UploadIcon size={14} /> {t("import")}</Link>
          <Link to="/data" className={buttonClass("ghost", true)} onClick={onLeave}>{t("dataPage")}</Link>
        </div>
      ) : null}
    </>
  );
}

function Failure({ reason }: { reason: Error | null }) {
  const { t } = useTranslation("shell");
  if (reason === null) return <p className={css["popNote"]}>{t("marketLoading")}</p>;
  const known = reason instanceof ApiError && !reason.offline;
  return <p className={css["popNote"]}>{known ? [reason.message, reason.facts.hint].filter(Boolean).join(" ") : t("noMarket")}</p>;
}

/** On the pages of crypto backtests: the market that their bars come from. */
function CryptoChip() {
  const { t } = useTranslation("shell");
  const market = useCryptoMarket().data;
  if (!market?.market) return null;
  const text = market.synthetic ? t("demo") : t("cryptoOf", { market: market.market });
  return (
    <span className={`${css["chip"]} ${css["still"]} ${market.synthetic ? css["demo"] : ""}`} title={`${market.market}@${market.snapshot}`} data-testid="market-chip">
      {market.synthetic ? null : <span className={css["shape"]} data-state="fine" />}
      <span className={css["long"]}>{text}</span>
      <span className={css["short"]}>{market.synthetic ? t("demoShort") : market.market}</span>
    </span>
  );
}

export function MarketChip() {
  return useOnCrypto() ? <CryptoChip /> : <SharesChip />;
}

function SharesChip() {
  const { t } = useTranslation("shell");
  const [open, setOpen] = useState(false);
  const market = useMarket();
  const facts = market.data;
  const demo = facts?.synthetic === true;
  const text = facts ? (demo ? t("demo") : t("asOf", { market: facts.market, day: facts.last_day })) : t(isGone(market.error) ? "noMarket" : "market");
  return (
    <Popover opened={open} onChange={setOpen} position="bottom-end" withinPortal trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={`${css["chip"]} ${demo ? css["demo"] : ""}`} onClick={() => setOpen(!open)} aria-label={text} data-testid="market-chip">
          {demo ? null : <span className={css["shape"]} data-state={isGone(market.error) ? "gone" : facts ? "fine" : "unknown"} />}
          <span className={css["long"]}>{text}</span>
          <span className={css["short"]}>{demo ? t("demoShort") : (facts?.market ?? t("market"))}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <div className={css["pop"]}>
          <div className={css["popHead"]}><h2>{t("market")}</h2></div>
          {facts ? open ? <Facts market={facts} onLeave={() => setOpen(false)} /> : null : <Failure reason={market.error} />}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
