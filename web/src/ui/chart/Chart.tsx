/** One interactive chart. Over days it reads, zooms and pans together with the other charts of the page; it is a canvas, so words and a table stand beside it. */

import type { EChartsOption } from "echarts";
import type { ECharts } from "echarts/core";
import { createContext, useContext, useEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { Skeleton } from "@/ui/states";
import { useTokens, type Tokens } from "@/ui/tokens";

import css from "./Chart.module.css";
import { DayControl, type Dot } from "./DayControl";
import { indexAxisOf, timeAxisOf } from "./days";
import { listen } from "./gestures";
import { LinkContext, makeLink } from "./link";
import { onPaper } from "./paper";
import type { DayReading } from "./parts";
import { drawnCharts } from "./picture";
import { SealContext, withSeal } from "./seal";

/** Fetch the drawing code before it is needed. A failure shows when a chart is drawn. */
export const prepareCharts = () => void import("./echarts").catch(() => undefined);

export interface DayAction {
  readonly hint: string;
  readonly open: (day: string) => void;
}

/** What a click on a day does, and the words that say so. */
export const DayContext = createContext<DayAction | null>(null);

export interface ChartProps {
  readonly label: string;
  readonly height: number;
  /** Drag, wheel and keys change the range of days. Charts that are not over days never zoom. */
  readonly zoom?: boolean;
  /** Number of points, for the arrow keys of a chart that is not over days. */
  readonly points?: number;
  /** The days of a category axis whose values are their positions (K-lines). Without it the x axis is time. */
  readonly axisDays?: readonly string[];
  /** How the sealed slice is shown: with its note, quietly, or not at all. */
  readonly seal?: "note" | "quiet" | "off";
  /** Must keep its identity while its inputs are the same: wrap it in useCallback. */
  readonly option: (tokens: Tokens) => EChartsOption;
}

type Loose = Record<string, unknown>;
const list = (value: unknown): Loose[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]) as Loose[];

/** Lines whose value gets a ring on the hair line. */
function dotsOf(option: EChartsOption): Dot[] {
  return list(option.series).flatMap((series, i) => {
    const data = series["data"];
    const color = (series["itemStyle"] as { color?: unknown } | undefined)?.color;
    if (series["type"] !== "line" || !series["name"] || !Array.isArray(data) || typeof color !== "string") return [];
    return [{ series: i, color, valueAt: (index: number) => { const point: unknown = data[index]; const value: unknown = Array.isArray(point) ? point[1] : point; return typeof value === "number" ? value : null; } }];
  });
}

export function Chart({ label, height, zoom = true, points = 0, axisDays, seal = "quiet", option }: ChartProps) {
  const { t } = useTranslation("chart");
  const frame = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const over = { hair: useRef<HTMLDivElement>(null), tip: useRef<HTMLDivElement>(null), brush: useRef<HTMLDivElement>(null), dots: useRef<HTMLDivElement>(null), live: useRef<HTMLSpanElement>(null) };
  const chart = useRef<ECharts | null>(null);
  const control = useRef<DayControl | null>(null);
  const cursor = useRef(-1);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  const [width, setWidth] = useState(0);
  const tokens = useTokens();
  const given = useContext(LinkContext);
  const link = useMemo(() => given ?? makeLink(), [given]);
  const slice = useContext(SealContext);
  const action = useContext(DayContext);
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });

  useEffect(() => {
    let gone = false;
    let watcher: ResizeObserver | null = null;
    let deaf: (() => void) | null = null;
    let flat: (() => void) | null = null;
    import("./echarts")
      .then(({ init }) => {
        const parts = [over.hair.current, over.tip.current, over.brush.current, over.dots.current, over.live.current] as const;
        const [hair, tip, brush, dots, live] = parts;
        if (gone || !box.current || !frame.current || !hair || !tip || !brush || !dots || !live) return;
        const made = init(box.current, null, { renderer: "canvas" });
        chart.current = made;
        drawnCharts.set(box.current, made);
        const hands = new DayControl(made, { hair, tip, brush, dots, live }, link);
        control.current = hands;
        deaf = listen({ frame: frame.current, brush, control: hands, onDay: () => latest.current?.open ?? null });
        watcher = new ResizeObserver(([entry]) => {
          if (made.isDisposed()) return;
          made.resize();
          hands.showCursor();
          setWidth(Math.round(entry?.contentRect.width ?? 0));
        });
        watcher.observe(box.current);
        flat = onPaper(() => {
          if (!made.isDisposed()) made.resize();
        });
        setState("ready");
      })
      .catch(() => setState("failed"));
    return () => {
      gone = true;
      deaf?.();
      flat?.();
      watcher?.disconnect();
      control.current?.end();
      control.current = null;
      chart.current?.dispose();
      chart.current = null;
    };
    // The refs keep their identity.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [link]);

  const hint = action?.hint ?? "";
  useEffect(() => {
    const made = chart.current;
    if (state !== "ready" || !made) return;
    const plain = option(tokens);
    const reading = (plain.tooltip as { reading?: DayReading } | undefined)?.reading;
    const timed = reading !== undefined && axisDays === undefined;
    const days = axisDays ?? reading?.days ?? [];
    const share = slice && timed && days.length > 0 ? sealedShare(days, slice.from, slice.to) : 0;
    const banded = share > 0 && slice && seal !== "off" ? withSeal(plain, slice, tokens, share * made.getWidth(), seal === "note") : plain;
    made.setOption(finished(banded, tokens, zoom && reading !== undefined), { notMerge: true });
    if (!reading) return;
    const axes = list(banded.xAxis);
    const edge = (key: "min" | "max") => (timed && typeof axes[0]?.[key] === "number" ? (axes[0][key] as number) : undefined);
    control.current?.use({
      axis: axisDays ? indexAxisOf(axisDays) : timeAxisOf(days, edge("min"), edge("max")),
      reading,
      dots: dotsOf(plain),
      zoomable: zoom,
      axes: axes.length,
      foot: hint,
    });
  }, [state, option, tokens, zoom, axisDays, slice, seal, hint, width]);

  /** Charts without days: arrows go from point to point. */
  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step || !chart.current || points === 0 || event.defaultPrevented) return;
    event.preventDefault();
    cursor.current = Math.min(points - 1, Math.max(0, cursor.current < 0 ? 0 : cursor.current + step * (event.shiftKey ? 10 : 1)));
    const read = list((chart.current.getOption() as EChartsOption).series).findIndex((series) => series["type"] !== "custom" && series["silent"] !== true && Array.isArray(series["data"]) && series["data"].length > 0);
    chart.current.dispatchAction({ type: "showTip", seriesIndex: Math.max(0, read), dataIndex: cursor.current });
  };

  if (state === "failed") {
    return (
      <div className={css["failed"]} style={{ height }} role="status">
        <strong>{t("failed")}</strong>
        <span>{t("failedText")}</span>
      </div>
    );
  }
  return (
    <div ref={frame} className={css["chart"]} style={{ height }} data-zoom={zoom ? "" : undefined} data-tall={height > 260 ? "" : undefined}>
      <div className={css["focus"]} role="img" tabIndex={0} aria-label={`${label} ${t("keys")}`} onKeyDown={onKey} onBlur={() => chart.current?.dispatchAction({ type: "hideTip" })}>
        {state === "loading" ? <Skeleton height={height} /> : null}
        <div ref={box} className={css["canvas"]} data-drawn="" />
      </div>
      <div ref={over.brush} className={css["brush"]} />
      <div ref={over.hair} className={css["hair"]} hidden />
      <div ref={over.dots} className={css["dots"]} hidden />
      <div ref={over.tip} className={css["tip"]} hidden />
      <span ref={over.live} className={css["live"]} aria-live="polite" />
    </div>
  );
}

/** Part of the axis that the slice takes, 0 when the two do not touch. */
function sealedShare(days: readonly string[], from: string, to: string): number {
  const [first = "", last = ""] = [days[0], days[days.length - 1]];
  const end = to > last ? to : last;
  if (first >= to || first.length < 10) return 0;
  const time = (day: string) => Date.parse(day);
  return (time(to) - time(from)) / (time(end) - time(first) || 1);
}

/** What every chart shares: no animation, our type, a range that only we change. */
function finished(option: EChartsOption, tokens: Tokens, zoom: boolean): EChartsOption {
  const tooltip = { ...(option.tooltip as Loose | undefined) };
  delete tooltip["reading"];
  return {
    animation: false,
    useUTC: true,
    textStyle: { fontFamily: tokens.sans, fontSize: 12, color: tokens.ink3 },
    ...(zoom ? { dataZoom: list(option.xAxis).map((_, xAxisIndex) => ({ type: "inside", filterMode: "filter", disabled: true, xAxisIndex })) } : {}),
    ...option,
    tooltip,
  } as EChartsOption;
}
