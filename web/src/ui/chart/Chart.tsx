/** One interactive chart: hover reads linked across a tab, drag zooms, double click resets, arrows move the reading. */

import type { EChartsOption } from "echarts";
import type { ECharts } from "echarts/core";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { Skeleton } from "@/ui/states";
import { useTokens, type Tokens } from "@/ui/tokens";
import css from "./Chart.module.css";

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
  const chart = useRef<ECharts | null>(null);
  const cursor = useRef(-1);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");
  const tokens = useTokens();
  const latest = useRef({ option, tokens });
  latest.current = { option, tokens };

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
    if (zoom) made.dispatchAction({ type: "takeGlobalCursor", key: "dataZoomSelect", dataZoomSelectActive: true });
  }, [state, option, tokens, zoom]);

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
      onBlur={() => chart.current?.dispatchAction({ type: "hideTip" })}
      onDoubleClick={() => chart.current?.dispatchAction({ type: "dataZoom", start: 0, end: 100 })}
    >
      {state === "loading" ? <Skeleton height={height} /> : null}
      <div ref={box} className={css["canvas"]} />
    </div>
  );
}

/** What every chart shares: no animation, our type, the hair line, the quiet zoom. */
function finished(option: EChartsOption, tokens: Tokens, zoom: boolean): EChartsOption {
  return {
    animation: false,
    useUTC: true,
    textStyle: { fontFamily: tokens.sans, fontSize: 12, color: tokens.ink3 },
    ...(zoom
      ? {
          toolbox: { top: -60, itemSize: 1, feature: { dataZoom: { yAxisIndex: false, filterMode: "none", brushStyle: { color: tokens.accent, opacity: 0.1 } } } },
          dataZoom: [{ type: "inside", filterMode: "none", zoomOnMouseWheel: "ctrl", moveOnMouseMove: false, moveOnMouseWheel: false, xAxisIndex: "all" }],
        }
      : {}),
    ...option,
  } as EChartsOption;
}
