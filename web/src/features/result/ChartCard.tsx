/** A card around one series: its states, its table, its chart. */

import type { EChartsOption } from "echarts";
import { useCallback, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useSeries } from "@/api/result";
import { column, type SeriesTable } from "@/api/types";
import { Card, type Twin } from "@/ui/Card";
import { Chart } from "@/ui/chart/Chart";
import { gapsOf } from "@/ui/chart/dayLines";
import type { Row } from "@/ui/DataTable";
import { DataView, Empty } from "@/ui/states";
import type { LegendItem } from "@/ui/chart/picture";
import type { Tokens } from "@/ui/tokens";

import css from "./Result.module.css";
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
  /** Why the chart has stretches without values, when it may have them. */
  readonly missing?: string;
  /** The body is a table already: no switch. */
  readonly isTable?: boolean;
  readonly children: (data: SeriesTable) => ReactNode;
}

const hasGap = (data: SeriesTable) => gapsOf(Object.keys(data.columns).map((name) => column(data, name))).length > 0;

export function SeriesCard({ task, series, title, heading, legend = [], caption, height, indexLabel, columns, tools, flush = false, isTable = false, missing, children }: SeriesCardProps) {
  const { t } = useTranslation("result");
  const query = useSeries(task, series);
  return (
    <Card id={series} title={title} heading={heading} legend={missing && query.data && hasGap(query.data) ? [...legend, { label: missing, color: "var(--ctl)", look: "hatch" as const }] : legend} caption={caption} tools={tools} isTable={isTable} table={twinOf(query.data, indexLabel, columns)} flush={flush}>
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

/** Tables up to this many rows stand behind their chart for readers who cannot see it. */
const SPOKEN_ROWS = 45;

/** What a canvas cannot say: short series as a table out of sight, long ones by their ends. The whole table is one switch away. */
function Spoken({ table, label, gap }: { table: Twin | undefined; label: string; gap: string | undefined }) {
  const { t } = useTranslation("result");
  if (!table || table.rows.length === 0) return null;
  const told = (row: Row | undefined) => (row ? table.columns.map((column) => `${column.label} ${String(column.show?.(row[column.key], row) ?? row[column.key] ?? "")}`).join(", ") : "");
  if (table.rows.length > SPOKEN_ROWS) {
    return <p className={css["spoken"]}>{t("spoken", { label, count: table.rows.length, first: told(table.rows[0]), last: told(table.rows[table.rows.length - 1]) })} {gap}</p>;
  }
  return (
    <div className={css["spoken"]}>
      <table>
        <caption>{label}</caption>
        <thead><tr>{table.columns.map((column) => <th key={column.key} scope="col">{column.label}</th>)}</tr></thead>
        <tbody>{table.rows.map((row, i) => <tr key={i}>{table.columns.map((column) => <td key={column.key}>{column.show?.(row[column.key], row) ?? String(row[column.key] ?? "")}</td>)}</tr>)}</tbody>
      </table>
    </div>
  );
}

export function ChartCard({ zoom, option, ...card }: ChartCardProps) {
  const label = typeof card.caption === "string" ? `${card.title}：${card.caption}` : card.title;
  return (
    <SeriesCard {...card}>
      {(data) => (
        <>
          <Drawn data={data} label={label} height={card.height} zoom={zoom} option={option} />
          <Spoken table={twinOf(data, card.indexLabel, card.columns)} label={card.title} gap={card.missing} />
        </>
      )}
    </SeriesCard>
  );
}
