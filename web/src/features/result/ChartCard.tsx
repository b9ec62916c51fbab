/** A card around one series: its states, its table, its chart. */

import type { EChartsOption } from "echarts";
import { useCallback, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useSeries } from "@/api/result";
import type { SeriesTable } from "@/api/types";
import { Card } from "@/ui/Card";
import { Chart } from "@/ui/chart/Chart";
import { DataView, Empty } from "@/ui/states";
import type { LegendItem } from "@/ui/chart/picture";
import type { Tokens } from "@/ui/tokens";

import { twinOf, type TwinColumn } from "./twin";

interface SeriesCardProps {
  readonly task: string;
  readonly series: string;
  readonly title: string;
  readonly heading?: ReactNode;
  readonly legend?: readonly LegendItem[];
  readonly caption?: ReactNode;
  readonly height: number;
  readonly indexLabel: string;
  readonly columns: readonly TwinColumn[];
  readonly tools?: ReactNode;
  readonly flush?: boolean;
  /** The body is a table already: no switch. */
  readonly isTable?: boolean;
  readonly children: (data: SeriesTable) => ReactNode;
}

export function SeriesCard({ task, series, title, heading, legend = [], caption, height, indexLabel, columns, tools, flush = false, isTable = false, children }: SeriesCardProps) {
  const { t } = useTranslation("result");
  const query = useSeries(task, series);
  return (
    <Card id={series} title={title} heading={heading} legend={legend} caption={caption} tools={tools} isTable={isTable} table={twinOf(query.data, indexLabel, columns)} flush={flush}>
      <DataView of={query} height={height} isEmpty={(data) => data.index.length === 0} empty={<Empty title={t("noSeries")} height={height}>{t("noSeriesWhy")}</Empty>}>
        {children}
      </DataView>
    </Card>
  );
}

interface ChartCardProps extends Omit<SeriesCardProps, "children"> {
  readonly zoom?: boolean;
  /** Must keep its identity while its inputs are the same: wrap it in useCallback. */
  readonly option: (data: SeriesTable, tokens: Tokens) => EChartsOption;
}

function Drawn({ data, label, height, zoom, option }: { data: SeriesTable; label: string; height: number; zoom?: boolean | undefined; option: ChartCardProps["option"] }) {
  const bound = useCallback((tokens: Tokens) => option(data, tokens), [data, option]);
  return <Chart label={label} height={height} zoom={zoom ?? true} points={data.index.length} option={bound} />;
}

export function ChartCard({ zoom, option, ...card }: ChartCardProps) {
  const label = typeof card.caption === "string" ? `${card.title}：${card.caption}` : card.title;
  return <SeriesCard {...card}>{(data) => <Drawn data={data} label={label} height={card.height} zoom={zoom} option={option} />}</SeriesCard>;
}
