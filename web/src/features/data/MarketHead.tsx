/** The chosen market: what it holds, since when, and how sound it is. */

import { useTranslation } from "react-i18next";

import { useCoverage } from "@/api/data";
import type { MarketItem } from "@/api/dataTypes";
import { bytes } from "@/lib/bytes";
import { integer, span } from "@/lib/format";
import { moment } from "@/lib/moment";
import { Absent } from "@/ui/Absent";
import { Segmented, Tag, TextButton } from "@/ui/controls";

import css from "./Data.module.css";

/** More markets than this are chosen from a list. */
const MOST_BUTTONS = 4;

interface MarketHeadProps {
  readonly markets: readonly MarketItem[];
  readonly market: MarketItem;
  readonly onMarket: (name: string) => void;
  readonly onWarnings: () => void;
}

function Switch({ markets, market, onMarket }: Omit<MarketHeadProps, "onWarnings">) {
  const { t } = useTranslation("dataset");
  if (markets.length <= MOST_BUTTONS) return <Segmented label={t("market")} value={market.name} onChange={onMarket} options={markets.map(({ name }) => ({ value: name, label: name }))} />;
  return (
    <select className={css["select"]} aria-label={t("market")} value={market.name} onChange={(event) => onMarket(event.target.value)}>
      {markets.map(({ name }) => (
        <option key={name} value={name}>{name}</option>
      ))}
    </select>
  );
}

export function MarketHead({ markets, market, onMarket, onWarnings }: MarketHeadProps) {
  const { t } = useTranslation("dataset");
  const whole = market.broken === null;
  const coverage = useCoverage(market.name, whole && market.warnings === null);
  const damaged = <Absent why={t("absent_broken")} />;
  const warnings = market.warnings ?? coverage.data?.warnings.length ?? null;
  return (
    <div className={css["facts"]} data-testid="market-facts">
      <Switch markets={markets} market={market} onMarket={onMarket} />
      {market.synthetic ? <Tag mark="doubt">{t("synthetic")}</Tag> : null}
      <dl>
        <div>
          <dt>{t("names")}</dt>
          <dd>{whole ? t("namesCount", { count: market.names ?? 0, number: integer(market.names) }) : damaged}</dd>
        </div>
        <div>
          <dt>{t("range")}</dt>
          <dd>{market.first_day === null && market.last_day === null ? (whole ? <Absent why={t("noSessions")} /> : damaged) : span(market.first_day, market.last_day)}</dd>
        </div>
        <div>
          <dt>{t("snapshot")}</dt>
          <dd title={market.snapshot ?? undefined}>
            {market.snapshot?.slice(0, 6) ?? damaged}
            {market.made_at ? <span className={css["factNote"]}> · {moment(market.made_at)}</span> : null}
          </dd>
        </div>
        <div>
          <dt>{t("size")}</dt>
          <dd>{whole ? bytes(market.size_bytes) : damaged}</dd>
        </div>
        <div>
          <dt>{t("health")}</dt>
          <dd>
            {warnings === null ? (whole ? <Absent why={t(coverage.error ? "warningsUnknown" : "warningsCounting")} /> : damaged) : warnings === 0 ? t("noWarnings") : <TextButton className={css["warned"] ?? ""} onClick={onWarnings}>{t("warnings", { count: warnings })}</TextButton>}
          </dd>
        </div>
      </dl>
    </div>
  );
}
