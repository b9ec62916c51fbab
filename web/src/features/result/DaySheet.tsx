/** One day of a run: what it returned, held, traded, and was kept from trading. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useDay, useSeries, type DayFacts } from "@/api/result";
import { labels } from "@/api/types";
import * as format from "@/lib/format";
import { pick } from "@/lib/i18n";
import { IconButton, Segmented, Tag } from "@/ui/controls";
import { DataTable, type Column, type Row } from "@/ui/DataTable";
import { Tiles, type TileItem } from "@/ui/Figures";
import { BackIcon, ChevronRightIcon } from "@/ui/icons";
import { MarketMark, type MarketOf } from "@/ui/MarketMark";
import { Sheet } from "@/ui/Sheet";
import { DataView, Empty } from "@/ui/states";

import { codeText, holdingColumns, userText } from "./holdingColumns";
import css from "./Parts.module.css";

type Part = "holdings" | "trades" | "blocked";
const NAMES: Record<Part, string> = { holdings: "dayHoldings", trades: "dayTrades", blocked: "dayBlocked" };
const PARTS: readonly Part[] = ["holdings", "trades", "blocked"];

/** The day itself or, when it is no session, the last one before it. */
export function sessionAt(days: readonly string[], day: string): number {
  let found = -1;
  for (let low = 0, high = days.length - 1; low <= high; ) {
    const middle = (low + high) >> 1;
    if ((days[middle] ?? "") <= day) {
      found = middle;
      low = middle + 1;
    } else high = middle - 1;
  }
  return found;
}

interface DaySheetProps {
  readonly task: string;
  readonly day: string | null;
  /** The market of the run. */
  readonly of: MarketOf;
  readonly benchmark: string;
  readonly onDay: (day: string | null) => void;
}

export function DaySheet({ task, day, of, benchmark, onDay }: DaySheetProps) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const nav = useSeries(task, "nav");
  const days = nav.data ? labels(nav.data) : [];
  const at = day === null ? -1 : sessionAt(days, day);
  const session = day === null ? null : (days[at] ?? day);
  const query = useDay(task, session);
  const step = (by: number) => {
    const next = days[at + by];
    if (next) onDay(next);
  };
  return (
    <Sheet
      title={session ? `${session} ${format.weekday(session, i18n.language)}` : ""}
      open={day !== null}
      onClose={() => onDay(null)}
      width={720}
      flush
      head={
        <>
          <IconButton label={t("dayBefore")} disabled={at <= 0} onClick={() => step(-1)}><BackIcon /></IconButton>
          <IconButton label={t("dayAfter")} disabled={at < 0 || at >= days.length - 1} onClick={() => step(1)}><ChevronRightIcon /></IconButton>
        </>
      }
    >
      <div data-testid="day-sheet" data-day={session ?? undefined}>
        <p className={css["dayMarket"]}><MarketMark of={of} /></p>
        <DataView of={query} height={360}>{(facts) => <Day facts={facts} benchmark={benchmark} />}</DataView>
      </div>
    </Sheet>
  );
}

function Day({ facts, benchmark }: { facts: DayFacts; benchmark: string }) {
  const { t } = useTranslation(["result", "words"]);
  const [part, setPart] = useState<Part>("holdings");
  const { rebalance } = facts;
  const bench = (text: string) => `${benchmark} ${text}`;
  const items: TileItem[] = [
    { label: t("dayNav"), value: format.nav(facts.nav.strategy), note: facts.nav.benchmark === null ? undefined : bench(format.nav(facts.nav.benchmark)) },
    { label: t("dayReturnOf"), value: format.percent(facts.return.strategy, 2), note: facts.return.benchmark === null ? undefined : bench(format.percent(facts.return.benchmark, 2)), tone: format.direction(facts.return.strategy) },
    { label: t("drawdown"), value: format.share(facts.drawdown) },
    { label: t("dayIc"), metric: "rank_ic", value: format.ic(facts.rank_ic) },
  ];
  const count = { holdings: facts.holdings.rows.length, trades: facts.trades.rows.length, blocked: facts.blocked.rows.length };
  return (
    <>
      <Tiles items={items} />
      <p className={css["dayLine"]}>
        {facts.is_rebalance ? <Tag mark="pass">{t("rebalanceDay")}</Tag> : null}
        {rebalance ? <span>{t("lastRebalance", { day: rebalance.trade_date, signal: rebalance.signal_date })}</span> : null}
        {rebalance?.next_trade_date ? <span>{t("nextRebalance", { day: rebalance.next_trade_date })}</span> : null}
        <span>{facts.group}</span>
      </p>
      <div className={css["dayParts"]}>
        <Segmented label={t("dayParts")} value={part} onChange={setPart} options={PARTS.map((name) => ({ value: name, label: `${t(NAMES[name])} ${count[name] > 0 ? count[name] : ""}`.trim() }))} />
      </div>
      {part === "holdings" ? <DayHoldings facts={facts} /> : part === "trades" ? <DayTrades facts={facts} /> : <DayBlockedOrders facts={facts} />}
    </>
  );
}

const number = (show: (value: number) => string) => (value: unknown) => (typeof value === "number" ? show(value) : format.MISSING);

function DayHoldings({ facts }: { facts: DayFacts }) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const { holdings } = facts;
  if (holdings.rows.length === 0) return <Empty title={holdings.reason ? pick(holdings.reason, i18n.language) : t("noHoldings")} height={180} />;
  const columns = holdingColumns(t).filter((column) => ["code", "name", "weight", "factor_value", "period_return", "carried", "industry"].includes(column.key));
  return (
    <>
      {holdings.as_of ? <p className={css["dayNote"]}>{t("dayHoldingsAt", { day: holdings.as_of })}</p> : null}
      <DataTable label={t("dayHoldings")} columns={columns} rows={holdings.rows as unknown as Row[]} sortable phoneColumns={4} />
    </>
  );
}

function DayTrades({ facts }: { facts: DayFacts }) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const { trades, rebalance } = facts;
  if (trades.rows.length === 0) {
    const why = trades.state === "none" && trades.reason ? pick(trades.reason, i18n.language) : rebalance ? t("dayNoTradesWhy", { day: rebalance.trade_date }) : t("dayNoTradesYet");
    return <Empty title={t("dayNoTrades")} height={180}>{why}</Empty>;
  }
  const columns: Column[] = [
    { key: "code", label: t("code"), show: codeText },
    { key: "name", label: t("stockName"), show: userText },
    { key: "side", label: t("side"), show: (value) => t(`side_${String(value)}`, { defaultValue: String(value) }) },
    { key: "weight", label: t("tradeWeight"), numeric: true, show: number((v) => format.share(v, 2)) },
    { key: "price", label: t("price"), numeric: true, show: number((v) => format.number(v, 2)) },
    { key: "cost", label: t("cost"), numeric: true, show: number((v) => format.share(v, 4)) },
  ];
  return <DataTable label={t("dayTrades")} columns={columns} rows={trades.rows as unknown as Row[]} sortable phoneColumns={4} />;
}

function DayBlockedOrders({ facts }: { facts: DayFacts }) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const { blocked } = facts;
  if (blocked.rows.length === 0) return <Empty title={blocked.state === "none" && blocked.reason ? pick(blocked.reason, i18n.language) : t("dayNoBlocked")} height={180} />;
  const english = i18n.language.startsWith("en");
  const columns: Column[] = [
    { key: "code", label: t("code"), show: codeText },
    { key: "name", label: t("stockName"), show: userText },
    { key: "side", label: t("side"), show: (value) => t(`side_${String(value)}`, { defaultValue: String(value) }) },
    { key: "reason", label: t("reason"), show: (value) => t(`reason_${String(value)}`, { defaultValue: String(value) }) },
    { key: "rule", label: t("rule"), wrap: true, show: (value, row) => String((english ? row["rule_en"] : undefined) ?? value ?? format.MISSING) },
  ];
  return <DataTable label={t("dayBlocked")} columns={columns} rows={blocked.rows as unknown as Row[]} phoneColumns={4} />;
}
