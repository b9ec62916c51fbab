/** Net values and cumulative rank ICs on the common sessions, one line per run: colour, dash and letter tell them apart. */

import type { EChartsOption, LineSeriesOption } from "echarts";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { column, labels, type SeriesTable } from "@/api/types";
import { MISSING } from "@/lib/format";
import { Card, type Twin } from "@/ui/Card";
import { Chart } from "@/ui/chart/Chart";
import { dayTooltip, grid, level, limits, timeAxis, timed, valueAxis, type TipLine } from "@/ui/chart/parts";
import { Empty } from "@/ui/states";
import type { Tokens } from "@/ui/tokens";

import { DASHES, LETTERS } from "./ids";

const HEIGHT = 232;
const BENCHMARK = "benchmark";

/** The badge at the end of a line: letter on the colour of the run. */
function badge(tokens: Tokens, place: number, letter: string): Partial<LineSeriesOption> {
  const light = (place + 1) % 2 === 0 && tokens.surface.toLowerCase() > tokens.ink.toLowerCase();
  return {
    endLabel: { show: true, formatter: letter, color: light ? tokens.ink : tokens.surface, backgroundColor: tokens.series[place] ?? tokens.ink, width: 18, height: 18, lineHeight: 18, align: "center", verticalAlign: "middle", borderRadius: 4, fontSize: 12, fontWeight: 600, distance: 16 },
    labelLayout: { moveOverlap: "shiftY" },
  };
}

/** The lines of the tooltip, the highest first, what is missing last. */
export function sortedTip(lines: readonly (TipLine & { readonly number: number | null })[]): TipLine[] {
  return [...lines].sort((a, b) => (b.number ?? -Infinity) - (a.number ?? -Infinity)).map((line) => ({ name: line.name, value: line.value, ...(line.color === undefined ? {} : { color: line.color }), ...(line.dashed === undefined ? {} : { dashed: line.dashed }) }));
}

interface CurvesProps {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly table: SeriesTable | null;
  /** What each letter stands for. */
  readonly names: readonly string[];
  readonly format: (value: number) => string;
  readonly axisFormat: (value: number) => string;
  readonly zero: number;
}

export function Curves({ id, title, caption, table, names, format, axisFormat, zero }: CurvesProps) {
  const { t, i18n } = useTranslation(["comparison", "words"]);
  const option = useCallback(
    (tokens: Tokens): EChartsOption => {
      if (!table) return {};
      const days = labels(table);
      const places = LETTERS.map((letter, place) => ({ letter, place })).filter(({ letter }) => table.columns[letter] !== undefined);
      const columns = places.map(({ letter }) => column(table, letter));
      const bench = table.columns[BENCHMARK] === undefined ? null : column(table, BENCHMARK);
      const base = { type: "line" as const, showSymbol: false, sampling: "lttb" as const, connectNulls: false, emphasis: { disabled: true } };
      return {
        grid: grid({ right: 36 }),
        xAxis: timeAxis(tokens, days),
        yAxis: valueAxis(tokens, axisFormat, limits([...columns, ...(bench ? [bench] : [])], [zero])),
        tooltip: dayTooltip(tokens, days, i18n.language, (index) => {
          const line = (name: string, value: number | null | undefined, color: string, dashed: boolean) => ({ name, number: value ?? null, value: typeof value === "number" ? format(value) : MISSING, color, dashed });
          return sortedTip([
            ...places.map(({ letter, place }, i) => line(`${letter} ${(names[place] ?? "").slice(0, 40)}`, columns[i]?.[index], tokens.series[place] ?? tokens.ink, place > 0)),
            ...(bench ? [line(t("words:benchmark"), bench[index], tokens.bench, true)] : []),
          ]);
        }),
        series: [
          ...places.map(({ letter, place }, i): LineSeriesOption => {
            const color = tokens.series[place] ?? tokens.ink;
            return { ...base, name: letter, data: timed(days, columns[i] ?? []), lineStyle: { color, width: 1.75, type: place === 0 ? "solid" : [...(DASHES[place] ?? [])] }, itemStyle: { color }, z: 10 - place, ...badge(tokens, place, letter), ...(i === 0 ? { markLine: level(tokens, zero) } : {}) };
          }),
          ...(bench ? [{ ...base, name: BENCHMARK, data: timed(days, bench), lineStyle: { color: tokens.bench, width: 1.25, type: [5, 3] }, itemStyle: { color: tokens.bench } }] : []),
        ],
      } as EChartsOption;
    },
    [table, names, format, axisFormat, zero, i18n.language, t],
  );
  const twin = useMemo((): Twin | undefined => {
    if (!table) return undefined;
    const keys = Object.keys(table.columns);
    const label = (key: string) => (key === BENCHMARK ? t("words:benchmark") : `${key} ${names[LETTERS.indexOf(key as (typeof LETTERS)[number])] ?? ""}`.trim());
    return {
      columns: [{ key: "index", label: t("date") }, ...keys.map((key) => ({ key, label: label(key), numeric: true, show: (value: unknown) => (typeof value === "number" ? format(value) : MISSING) }))],
      rows: table.index.map((index, i) => ({ index, ...Object.fromEntries(keys.map((key) => [key, table.columns[key]?.[i] ?? null])) })),
    };
  }, [table, names, format, t]);
  return (
    <Card id={id} title={title} caption={caption} table={twin}>
      {table && table.index.length > 0 ? (
        <Chart label={`${title}: ${caption}`} height={HEIGHT} points={table.index.length} option={option} />
      ) : (
        <Empty title={t("noCommon")} height={HEIGHT}>{t("noCommonWhy")}</Empty>
      )}
    </Card>
  );
}
