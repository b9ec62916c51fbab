/** One interactive chart: hover reads linked across a tab, drag zooms, double click resets, arrows move the reading. */

import type { EChartsOption } from "echarts";
import type { ECharts } from "echarts/core";
import { createContext, useContext, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";

import { Skeleton } from "@/ui/states";
import { useTokens, type Tokens } from "@/ui/tokens";
import css from "./Chart.module.css";
import { dayOf, stamp } from "./parts";

/** Fetch the drawing code before it is needed. A failure shows when a chart is drawn. */
export const prepareCharts = () => void import("./echarts").catch(() => undefined);

const drawn = new WeakMap<Element, ECharts>();

/** The chart inside an element as a sharp picture, without the reading under the pointer. */
export function pictureOf(within: Element | null): HTMLCanvasElement | null {
  const made = [...(within?.querySelectorAll("[data-drawn]") ?? [])].map((element) => drawn.get(element)).find((one) => one !== undefined);
  if (!made) return null;
  made.dispatchAction({ type: "hideTip" });
  made.dispatchAction({ type: "updateAxisPointer", currTrigger: "leave" });
  return made.renderToCanvas({ pixelRatio: 2 });
}

export interface Range {
  readonly from: string;
  readonly to: string;
}

/** The days that the charts of a page show; null is all of them. The page keeps it in its address. */
export const RangeContext = createContext<{ readonly range: Range | null; readonly setRange: (range: Range | null) => void }>({ range: null, setRange: () => undefined });

/** The range that a chart shows, read back from it. */
function rangeOf(made: ECharts): Range | null {
  const zoom = (made.getOption() as { dataZoom?: { start?: number; end?: number; startValue?: number; endValue?: number }[] }).dataZoom?.[0];
  if (!zoom || typeof zoom.startValue !== "number" || typeof zoom.endValue !== "number") return null;
  if ((zoom.start ?? 0) <= 0.01 && (zoom.end ?? 100) >= 99.99) return null;
  return { from: dayOf(zoom.startValue), to: dayOf(zoom.endValue) };
}

/** Fewer pixels than this are a click, not a range. */
const SMALLEST_DRAG = 8;

interface ChartProps {
  readonly label: string;
  readonly height: number;
  /** Charts of one group show the same day under the pointer. */
  readonly group?: string;
  readonly zoom?: boolean;
  /** Number of points, for the arrow keys. */
  readonly points?: number;
  readonly option: (tokens: Tokens) => EChartsOption;
}

export function Chart({ label, height, group, zoom = true, points = 0, option }: ChartProps) {
  const { t } = useTranslation("ui");
  const box = useRef<HTMLDivElement>(null);
  const brush = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const cursor = useRef(-1);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  const tokens = useTokens();
  const { range, setRange } = useContext(RangeContext);
  const latest = useRef({ range, setRange });
  useEffect(() => {
    latest.current = { range, setRange };
  });

  useEffect(() => {
    let gone = false;
    let watcher: ResizeObserver | null = null;
    import("./echarts")
      .then(({ connect, init }) => {
        if (gone || !box.current) return;
        const made = init(box.current, null, { renderer: "canvas" });
        chart.current = made;
        if (group) {
          made.group = group;
          connect(group);
        }
        drawn.set(box.current, made);
        if (group) {
          made.on("datazoom", () => {
            const next = rangeOf(made);
            const now = latest.current.range;
            if (next?.from !== now?.from || next?.to !== now?.to) latest.current.setRange(next);
          });
        }
        watcher = new ResizeObserver(() => made.resize());
        watcher.observe(box.current);
        setState("ready");
      })
      .catch(() => setState("failed"));
    return () => {
      gone = true;
      watcher?.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, [group]);

  useEffect(() => {
    const made = chart.current;
    if (state !== "ready" || !made) return;
    made.setOption(finished(option(tokens), tokens, zoom), { notMerge: true });
    const kept = latest.current.range;
    if (zoom && group && kept) zoomTo(made, { startValue: stamp(kept.from), endValue: stamp(kept.to) });
  }, [state, option, tokens, zoom, group]);

  /** Dragging over the plot marks a range; letting go zooms to it, in every chart of the group. */
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const made = chart.current;
    const frame = box.current?.getBoundingClientRect();
    const mark = brush.current;
    if (!zoom || !made || !frame || !mark || event.pointerType !== "mouse" || event.button !== 0) return;
    const from = event.clientX - frame.left;
    if (!made.containPixel("grid", [from, event.clientY - frame.top])) return;
    let to = from;
    const move = (next: globalThis.PointerEvent) => {
      to = Math.min(frame.width, Math.max(0, next.clientX - frame.left));
      const wide = Math.abs(to - from) >= SMALLEST_DRAG;
      Object.assign(mark.style, { display: wide ? "block" : "none", left: `${Math.min(from, to)}px`, width: `${Math.abs(to - from)}px` });
    };
    const end = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", end);
      mark.style.display = "none";
      if (Math.abs(to - from) < SMALLEST_DRAG) return;
      const [start, stop] = [Math.min(from, to), Math.max(from, to)].map((x) => made.convertFromPixel({ xAxisIndex: 0 }, x) as unknown as number) as [number, number];
      zoomTo(made, { startValue: start, endValue: stop });
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", end);
  };

  const onKey = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step || !chart.current || points === 0) return;
    event.preventDefault();
    const jump = event.shiftKey ? 20 : 1;
    cursor.current = Math.min(points - 1, Math.max(0, cursor.current < 0 ? points - 1 : cursor.current + step * jump));
    chart.current.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: cursor.current });
  };

  if (state === "failed") {
    return (
      <div className={css["failed"]} style={{ height }} role="status">
        <strong>{t("chartFailed")}</strong>
        <span>{t("chartFailedText")}</span>
      </div>
    );
  }
  return (
    <div
      className={css["chart"]}
      style={{ height }}
      role="img"
      tabIndex={0}
      aria-label={`${label} ${t("chartKeys")}`}
      onKeyDown={onKey}
      onPointerDown={onPointerDown}
      onBlur={() => chart.current?.dispatchAction({ type: "hideTip" })}
      onDoubleClick={() => chart.current && zoomTo(chart.current, { start: 0, end: 100 })}
    >
      {state === "loading" ? <Skeleton height={height} /> : null}
      <div ref={box} className={css["canvas"]} data-drawn="" />
      <div ref={brush} className={css["brush"]} />
    </div>
  );
}

const axesOf = (option: { xAxis?: unknown }) => (Array.isArray(option.xAxis) ? option.xAxis.length : 1);

/** Give every x axis the same range: panes of one chart stay in step. */
function zoomTo(made: ECharts, range: Record<string, number>): void {
  const count = axesOf(made.getOption() as { xAxis?: unknown });
  made.dispatchAction({ type: "dataZoom", batch: Array.from({ length: count }, (_, dataZoomIndex) => ({ dataZoomIndex, ...range })) });
}

/** What every chart shares: no animation, our type, the hair line, the quiet zoom. */
function finished(option: EChartsOption, tokens: Tokens, zoom: boolean): EChartsOption {
  return {
    animation: false,
    useUTC: true,
    textStyle: { fontFamily: tokens.sans, fontSize: 12, color: tokens.ink3 },
    ...(zoom
      ? {
          dataZoom: Array.from({ length: axesOf(option) }, (_, xAxisIndex) => ({ type: "inside", filterMode: "none", zoomOnMouseWheel: "ctrl", moveOnMouseMove: false, moveOnMouseWheel: false, xAxisIndex })),
        }
      : {}),
    ...option,
  } as EChartsOption;
}
