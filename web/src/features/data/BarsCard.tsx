/** The K-line of one name with its volume. */

import { useCallback, useMemo, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import { useBars, useInstruments } from "@/api/data";
import type { Adjustment, BarColumns, Bars, Frequency } from "@/api/dataTypes";
import * as format from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Card, type Twin } from "@/ui/Card";
import { Chart } from "@/ui/chart/Chart";
import { LinkContext, type ChartLink } from "@/ui/chart/link";
import { useChartLink } from "@/ui/chart/useChartLink";
import { Button, Segmented } from "@/ui/controls";
import { DataView, Empty, ErrorNote, Loading } from "@/ui/states";
import type { Tokens } from "@/ui/tokens";

import css from "./Bars.module.css";
import { countsOf, klineOption, marksOf, tailOf } from "./kline";
import { NamePicker } from "./NamePicker";
import { startOf, SPANS, type Span } from "./spans";
import { useOneOf, useParam } from "./useView";

const FREQUENCIES: readonly [Frequency, ...Frequency[]] = ["1d", "1w", "1mo"];
/** As many as a card of half the page's width shows well. */
const SMALL_BARS = 90;
const ADJUSTMENTS: readonly [Adjustment, ...Adjustment[]] = ["forward", "none"];

/** The bar under the pointer, the last one without it, in one line. */
function Reading({ bars, link }: { bars: Bars; link: ChartLink }) {
  const { t, i18n } = useTranslation("dataset");
  const day = useSyncExternalStore(link.watch, () => link.cursor()?.day ?? null);
  const { columns: c } = bars;
  const found = day === null ? -1 : c.day.indexOf(day);
  const i = found < 0 ? c.day.length - 1 : found;
  const part = (name: string, value: string, tone?: string) => (
    <span key={name}>
      {name} <b className={tone}>{value}</b>
    </span>
  );
  const marks = marksOf(bars, i, t);
  return (
    <p className={css["reading"]}>
      <span>{c.day[i]} {format.weekday(c.day[i] ?? "", i18n.language)}</span>
      {part(t("open"), format.number(c.open[i]))}
      {part(t("high"), format.number(c.high[i]))}
      {part(t("low"), format.number(c.low[i]))}
      {part(t("close_price"), `${format.number(c.close[i])} ${format.percent(c.change[i], 2)}`, format.direction(c.change[i]))}
      {part(t("volume"), typeof c.volume[i] === "number" ? t("shares", { value: format.money(c.volume[i], i18n.language) }) : format.MISSING)}
      {marks.length > 0 ? <span className={css["marks"]}>{marks.join(" · ")}</span> : null}
    </p>
  );
}

/** What a name is: industry, board, when it was listed. */
function NameFacts({ market, code }: { market: string; code: string }) {
  const { t } = useTranslation("dataset");
  const query = useInstruments(market, code, 1);
  const one = query.data?.instruments.find((found) => found.code === code);
  if (!one) return null;
  const facts = [
    one.kind === "index" ? t("index") : null,
    one.board ? t(`board_${one.board}`, { defaultValue: one.board }) : null,
    one.list_date ? t("listed", { day: one.list_date }) : null,
    one.delist_date ? t("delistedOn", { day: one.delist_date }) : null,
    one.st === true ? t("nowSt") : null,
  ].filter((fact): fact is string => fact !== null);
  return (
    <span className="muted">
      {one.industry ? <span lang="zh" data-user-text="">{one.industry} · </span> : null}
      {facts.join(" · ")}
    </span>
  );
}

/** The hatch and the ticks, where there are any. */
function Legend({ bars }: { bars: Bars }) {
  const { t } = useTranslation("dataset");
  const counts = countsOf(bars);
  const items = [
    { key: "suspended", swatch: css["hatch"], count: counts.suspended },
    { key: "missing", swatch: css["hatch"], count: counts.missing },
    { key: "up", swatch: css["tickUp"], count: counts.up },
    { key: "down", swatch: css["tickDown"], count: counts.down },
  ].filter((item) => item.count > 0);
  if (items.length === 0) return null;
  return (
    <ul className={css["legend"]}>
      {items.map((item) => (
        <li key={item.key}><i className={item.swatch} aria-hidden="true" /> {t(`legend_${item.key}`, { count: item.count })}</li>
      ))}
    </ul>
  );
}

function Drawn({ bars, height, link }: { bars: Bars; height: number; link: ChartLink }) {
  const { t, i18n } = useTranslation("dataset");
  const option = useCallback((tokens: Tokens) => klineOption(bars, tokens, i18n.language, t), [bars, i18n.language, t]);
  return (
    <>
      <Reading bars={bars} link={link} />
      <div data-testid="kline">
        <Chart label={t("klineLabel", { code: bars.code, count: bars.count })} height={height} axisDays={bars.columns.day} seal="off" option={option} />
      </div>
      <Legend bars={bars} />
      {bars.notices.length > 0 ? (
        <ul className={css["notices"]}>
          {bars.notices.map((notice) => (
            <li key={notice.code}>{pick(notice, i18n.language)}</li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

const SHOWN: readonly (keyof BarColumns)[] = ["open", "high", "low", "close", "volume", "amount", "turn", "change", "limit_up", "limit_down"];

function twinOf(bars: Bars | undefined, label: (key: string) => string): Twin | undefined {
  if (!bars) return undefined;
  const write: Partial<Record<keyof BarColumns, (value: number) => string>> = { volume: format.integer, amount: format.integer, change: (value) => format.percent(value, 2) };
  return {
    columns: [
      { key: "day", label: label("day") },
      ...SHOWN.map((key) => ({ key, label: label(key), numeric: true, show: (value: unknown) => (typeof value === "number" ? (write[key] ?? ((one: number) => format.number(one, 2)))(value) : format.MISSING) })),
      { key: "marks", label: label("state") },
    ],
    rows: bars.columns.day.map((day, i) => ({
      day,
      ...Object.fromEntries(SHOWN.map((key) => [key, bars.columns[key][i] as number | null])),
      marks: marksOf(bars, i, (key) => label(key)).join(" "),
    })),
  };
}

const COLUMN_WORDS: Record<string, string> = { day: "date", close: "close_price", amount: "turnover", limit_up: "limitUp", limit_down: "limitDown" };

export function BarsCard({ market, height = 380, wide = false }: { market: string; height?: number; wide?: boolean }) {
  const { t } = useTranslation("dataset");
  const [asked, setCode] = useParam("code");
  // Without a choice the first name of the market is shown; the address stays as it was opened.
  const names = useInstruments(market, "", 20);
  const code = asked ?? (names.isPlaceholderData ? undefined : names.data?.instruments[0]?.code);
  const [freq, setFreq] = useOneOf("freq", FREQUENCIES);
  const [adjust, setAdjust] = useOneOf("adjust", ADJUSTMENTS);
  const [span, setSpan] = useOneOf<Span>("span", SPANS);
  const link = useChartLink();
  const query = useBars({ market, code, start: wide ? startOf(span) : undefined, freq, adjust });
  const shown = useMemo(() => (query.data && !wide ? tailOf(query.data, SMALL_BARS) : query.data), [query.data, wide]);
  const twin = useMemo(() => twinOf(shown, (key) => t(COLUMN_WORDS[key] ?? key)), [shown, t]);
  const frequencies = FREQUENCIES.map((value) => ({ value, label: t(`freq_${value}`) }));
  const adjustments = ADJUSTMENTS.map((value) => ({ value, label: t(`adjust_${value}`) }));
  const unknown = query.error instanceof ApiError && query.error.status === 404 ? query.error : null;
  const change = (next: Span) => {
    link.setRange(null);
    setSpan(next);
  };
  return (
    <Card
      id={`kline-${code ?? ""}`}
      title={t("bars")}
      caption={query.data ? <span lang="zh" data-user-text="">{query.data.code} {query.data.name}</span> : undefined}
      table={twin}
      tools={
        <>
          <Segmented label={t("frequency")} value={freq} onChange={setFreq} options={frequencies} />
          <Segmented label={t("adjustment")} value={adjust} onChange={setAdjust} options={adjustments} />
          {wide ? <Segmented label={t("span")} value={span} onChange={change} options={SPANS.map((value) => ({ value, label: t(`span_${value}`) }))} /> : null}
        </>
      }
    >
      <div className={css["search"]}>
        <NamePicker market={market} onPick={setCode} />
        {query.data ? <NameFacts market={market} code={query.data.code} /> : null}
        {query.data?.anchor ? <span className="muted">{t("anchored", { day: query.data.anchor })}</span> : null}
      </div>
      <LinkContext.Provider value={link}>
        {code === undefined && (names.isPending || names.isPlaceholderData) ? (
          <Loading height={height} />
        ) : code === undefined ? (
          <Empty title={t("noName")} height={height}>{t("noNameWhy")}</Empty>
        ) : unknown ? (
          <ErrorNote title={t("unknownCodeTitle", { code: (code ?? "").slice(0, 40), market })} actions={typeof unknown.facts.nearest === "string" ? <Button small onClick={() => setCode(String(unknown.facts.nearest))}>{t("showNearest", { code: unknown.facts.nearest })}</Button> : null}>
            {t("unknownCode")}
          </ErrorNote>
        ) : (
          <DataView of={{ data: shown, error: query.error, refetch: query.refetch }} height={height} isEmpty={(data) => data.count === 0} empty={<Empty title={t("noBars")} height={height}>{t("noBarsWhy")}</Empty>}>
            {(data) => <Drawn bars={data} height={height} link={link} />}
          </DataView>
        )}
      </LinkContext.Provider>
    </Card>
  );
}
