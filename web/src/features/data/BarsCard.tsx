/** The K-line of one name with its volume. */

import { useCallback, useMemo, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

import { useBars } from "@/api/data";
import type { Adjustment, BarColumns, Bars, Frequency } from "@/api/dataTypes";
import * as format from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Card, type Twin } from "@/ui/Card";
import { Chart } from "@/ui/chart/Chart";
import { LinkContext, type ChartLink } from "@/ui/chart/link";
import { useChartLink } from "@/ui/chart/useChartLink";
import { Segmented } from "@/ui/controls";
import { DataView, Empty } from "@/ui/states";
import type { Tokens } from "@/ui/tokens";

import css from "./Bars.module.css";
import { klineOption, marksOf } from "./kline";
import { NamePicker } from "./NamePicker";
import { startOf, SPANS, type Span } from "./spans";
import { useOneOf, useParam } from "./useView";

const FREQUENCIES: readonly [Frequency, ...Frequency[]] = ["1d", "1w", "1mo"];
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

function Drawn({ bars, height, link }: { bars: Bars; height: number; link: ChartLink }) {
  const { t, i18n } = useTranslation("dataset");
  const option = useCallback((tokens: Tokens) => klineOption(bars, tokens, i18n.language, t), [bars, i18n.language, t]);
  return (
    <>
      <Reading bars={bars} link={link} />
      <div data-testid="kline">
        <Chart label={t("klineLabel", { code: bars.code, count: bars.count })} height={height} axisDays={bars.columns.day} seal="off" option={option} />
      </div>
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
  const [code, setCode] = useParam("code");
  const [freq, setFreq] = useOneOf("freq", FREQUENCIES);
  const [adjust, setAdjust] = useOneOf("adjust", ADJUSTMENTS);
  const [span, setSpan] = useOneOf<Span>("span", SPANS);
  const link = useChartLink();
  const query = useBars({ market, code, start: startOf(span), freq, adjust });
  const twin = useMemo(() => twinOf(query.data, (key) => t(COLUMN_WORDS[key] ?? key)), [query.data, t]);
  const frequencies = FREQUENCIES.map((value) => ({ value, label: t(`freq_${value}`) }));
  const adjustments = ADJUSTMENTS.map((value) => ({ value, label: t(`adjust_${value}`) }));
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
        <NamePicker market={market} code={code} onPick={setCode} />
        {query.data?.anchor ? <span className="muted">{t("anchored", { day: query.data.anchor })}</span> : null}
      </div>
      <LinkContext.Provider value={link}>
        {code === undefined ? (
          <Empty title={t("noName")} height={height}>{t("noNameWhy")}</Empty>
        ) : (
          <DataView of={query} height={height} isEmpty={(data) => data.count === 0} empty={<Empty title={t("noBars")} height={height}>{t("noBarsWhy")}</Empty>}>
            {(data) => <Drawn bars={data} height={height} link={link} />}
          </DataView>
        )}
      </LinkContext.Provider>
    </Card>
  );
}
