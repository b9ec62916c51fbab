/** The price of one of a job's symbols over its window: candles, fills, the lines of its grids. A zoom fetches finer bars. */

import { useMediaQuery } from "@mantine/hooks";
import { useDeferredValue, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useCryptoMarket, useJobBars } from "@/api/crypto";
import type { ChartBars, CryptoJob, JobDetails, JobTrade } from "@/api/cryptoTypes";
import { exact, valueOf } from "@/lib/exact";
import { integer, number } from "@/lib/format";
import { Card, type Twin } from "@/ui/Card";
import type { LegendItem } from "@/ui/chart/picture";
import { useShownRange, type ChartLink, type Range } from "@/ui/chart/link";
import { stamp } from "@/ui/chart/parts";
import { Segmented } from "@/ui/controls";
import { DataView, Empty, Strip } from "@/ui/states";

import { LENGTH_MS, symbolOf } from "./draft";
import { barAt, fillsOf, latticesOf, marksOf, namesOf, outsideOf, shownOf, type Mark } from "./marks";
import { digitsOf, scaleOf } from "./price";
import { PriceChart } from "./PriceChart";

/** Bars fetched beside the shown ones, in widths of what is shown: room to move before more is fetched. */
const BESIDE = 0.5;
const HEIGHT = { wide: 420, phone: 300 };

/** What to fetch for a range: all of it while the job's own bars fit, else the range with room on both sides, snapped so that small moves ask for nothing new. */
export function windowOf(range: Range | null, first: number, last: number, lengthMs: number, most: number): { readonly from: number; readonly to: number } {
  if (range === null || (last - first) / lengthMs <= most) return { from: first, to: last };
  const [from, to] = [stamp(range.from), stamp(range.to)];
  const width = Math.max(lengthMs * 20, to - from);
  const grain = 2 ** Math.floor(Math.log2(width / 2));
  return { from: Math.max(first, Math.floor((from - BESIDE * width) / grain) * grain), to: Math.min(last, Math.ceil((to + BESIDE * width) / grain) * grain) };
}

/** Digits of a symbol's prices: as they are printed in its trades, else of its smallest step. */
const printedDigits = (trades: readonly JobTrade[], bars: ChartBars, tick: string | undefined) => {
  const one = trades[0]?.entry_price;
  if (one !== undefined) return one.split(".")[1]?.length ?? 0;
  if (tick !== undefined) return digitsOf(tick);
  const price = bars.close[0] ?? 0;
  return price >= 1_000 ? 1 : price >= 1 ? 2 : 5;
};

function twinOf(bars: ChartBars, marks: readonly Mark[], digits: number, t: (key: string) => string): Twin {
  const names = namesOf(bars);
  const counts = { buys: new Map<number, number>(), sells: new Map<number, number>() };
  for (const mark of marks) {
    const side = mark.buys ? counts.buys : counts.sells;
    side.set(mark.bar, (side.get(mark.bar) ?? 0) + mark.count);
  }
  const show = (value: unknown) => number(typeof value === "number" ? value : null, digits);
  return {
    columns: [
      { key: "time", label: t("timeUtc") },
      ...(["open", "high", "low", "close"] as const).map((key) => ({ key, label: t(key), numeric: true, show })),
      { key: "buys", label: t("buys"), numeric: true, show: (value) => integer(value as number) },
      { key: "sells", label: t("sells"), numeric: true, show: (value) => integer(value as number) },
    ],
    rows: names.map((time, i) => ({ time, open: bars.open[i], high: bars.high[i], low: bars.low[i], close: bars.close[i], buys: counts.buys.get(i) ?? 0, sells: counts.sells.get(i) ?? 0 })),
  };
}

interface PriceCardProps {
  readonly job: CryptoJob;
  readonly details: JobDetails | undefined;
  readonly symbol: string;
  readonly onSymbol: (symbol: string) => void;
  readonly chosen: JobTrade | null;
  readonly link: ChartLink;
}

const MOST = 3_000;
/** Marks in the shown range beyond which the candles could no longer be seen. */
const MOST_SHOWN = { wide: 700, phone: 160 };

export function PriceCard({ job, details, symbol, onSymbol, chosen, link }: PriceCardProps) {
  const { t } = useTranslation("simulation");
  const phone = useMediaQuery("(max-width: 767px)") ?? false;
  const range = useDeferredValue(useShownRange());
  const { config, result } = job;
  const market = useCryptoMarket().data;
  const tick = market ? symbolOf(market, config.market ?? "perp", symbol)?.tick : undefined;
  const length = LENGTH_MS[config.timeframe];
  const asked = windowOf(range, Date.parse(config.start), Date.parse(config.end), length, MOST);
  const query = useJobBars(job.id, { symbol, ...asked });
  const bars = query.data;
  const scale = scaleOf(range === null ? Date.parse(config.end) - Date.parse(config.start) : stamp(range.to) - stamp(range.from));
  const marks = useMemo(() => (bars ? marksOf(bars, result?.trades ?? [], details?.causes ?? [], symbol) : []), [bars, result, details, symbol]);
  const crowded = bars !== undefined && shownOf(bars, marks, range) > (phone ? MOST_SHOWN.phone : MOST_SHOWN.wide);
  const spec = useMemo(() => {
    if (!bars) return null;
    const trades = result?.trades ?? [];
    const mine = chosen && chosen.symbol === symbol ? chosen : null;
    const ends = mine ? { from: barAt(bars, Date.parse(mine.entry_time)), to: barAt(bars, Date.parse(mine.exit_time)), entry: valueOf(mine.entry_price) ?? 0, exit: valueOf(mine.exit_price) ?? 0 } : null;
    return { bars, marks: crowded ? marks.filter((mark) => mark.cause === "liquidation") : marks, all: marks, lattices: latticesOf(bars, details?.grids ?? [], symbol), chosen: ends && ends.from >= 0 && ends.to >= 0 ? ends : null, digits: printedDigits(trades.filter((trade) => trade.symbol === symbol), bars, tick), scale };
  }, [bars, marks, crowded, result, details, symbol, chosen, scale, tick]);
  const table = useMemo(() => (spec ? twinOf(spec.bars, spec.all, spec.digits, t) : undefined), [spec, t]);
  const later = bars?.pinned === false ? t("laterBars") : "";
  const gaps = bars && bars.missing.length > 0 ? t("gaps", { count: bars.missing.length }) : "";
  const coarse = bars && bars.length_ms > length ? t("coarse", { asked: config.timeframe, drawn: lengthName(bars.length_ms) }) : "";
  const many = crowded ? t("tooManyMarks", { count: integer(fillsOf(marks)) }) : "";
  const away = spec ? outsideOf(spec.bars, spec.lattices) : null;
  const outside = away ? t("latticeOutside", { low: number(away.low, spec?.digits), high: number(away.high, spec?.digits) }) : "";
  const legend: LegendItem[] = [
    ...(spec && spec.marks.length > 0 ? [{ label: t("legendOpens"), color: "var(--accent)", look: "block" as const }, { label: t("legendCloses"), color: "var(--accent)", look: "dot" as const }] : []),
    ...(spec && spec.lattices.length > 0 ? [{ label: t("legendLines", { count: spec.lattices[0]?.prices.length ?? 0 }), color: "var(--line2)", look: "dashed" as const }] : []),
  ];
  const symbols = config.symbols.length > 1 ? <Segmented label={t("symbol")} value={symbol} onChange={onSymbol} options={config.symbols.map((value) => ({ value, label: value }))} /> : null;
  return (
    <Card id="price" title={t("priceTitle", { symbol })} caption={[crowded ? "" : t("priceCaption"), many, outside, coarse, gaps].filter(Boolean).join(" ")} legend={legend} tools={symbols} table={table}>
      <DataView of={query} height={phone ? HEIGHT.phone : HEIGHT.wide} isEmpty={(data) => data.open_time.length === 0} empty={<Empty title={t("noBars")} height={240}>{t("noBarsText")}</Empty>}>
        {() => (spec ? <PriceChart label={t("priceTitle", { symbol })} spec={spec} link={link} height={phone ? HEIGHT.phone : HEIGHT.wide} /> : null)}
      </DataView>
      {later ? <Strip>{later}</Strip> : null}
      {chosen ? <p className="muted" data-testid="chosen-trade">{t("chosenTrade", { id: chosen.id, entry: exact(chosen.entry_price), exit: exact(chosen.exit_price), pnl: exact(chosen.pnl, true) })}</p> : null}
    </Card>
  );
}

/** 14400000 as "4h". */
export function lengthName(ms: number): string {
  if (ms % 86_400_000 === 0) return `${ms / 86_400_000}d`;
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  return `${ms / 60_000}m`;
}
