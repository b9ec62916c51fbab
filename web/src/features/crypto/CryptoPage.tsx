/** Crypto backtests: a new one above, those that there are below. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useCryptoMarket, useTemplates } from "@/api/crypto";
import { useHeading } from "@/lib/title";
import { buttonClass } from "@/ui/controls";
import { DataView, Empty } from "@/ui/states";

import css from "./Crypto.module.css";
import { JobsCard } from "./JobsCard";
import { Studio } from "./Studio";

export function CryptoPage() {
  const { t } = useTranslation(["simulation", "crypto"]);
  useHeading({ title: t("crypto:title") });
  const market = useCryptoMarket();
  const templates = useTemplates();
  const both = {
    data: market.data && templates.data ? { market: market.data, templates: templates.data } : undefined,
    error: market.error ?? templates.error,
    refetch: () => Promise.all([market.refetch(), templates.refetch()]),
  };
  return (
    <div className={css["page"]}>
      <div className={css["head"]}>
        <h2>{t("headline")}</h2>
        <Link to="/keys" className={buttonClass("default", true)}>{t("keys")}</Link>
      </div>
      <DataView of={both} height={420} isEmpty={({ market: found, templates: known }) => found.symbols.length === 0 || known.length === 0} empty={<Empty title={t("noMarket")} height={240}>{t("noMarketText")} <code>quantgpt data crypto BTCUSDT --start 2025-01-01</code> · <code>quantgpt data demo</code></Empty>}>
        {(data) => <Studio market={data.market} templates={data.templates} />}
      </DataView>
      <JobsCard />
    </div>
  );
}
