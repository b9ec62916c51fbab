/** The table behind a chart: one row per index value, one column per series column. */

import type { SeriesTable } from "@/api/types";
import { MISSING } from "@/lib/format";
import type { Column, Row } from "@/ui/DataTable";
import type { Twin } from "@/ui/Card";

export interface TwinColumn {
  readonly key: string;
  readonly label: string;
  readonly show?: (value: number) => string;
}

export function twinOf(series: SeriesTable | undefined, indexLabel: string, columns: readonly TwinColumn[]): Twin | undefined {
  if (!series) return undefined;
  const present = columns.filter((column) => series.columns[column.key] !== undefined);
  const shown: Column[] = [
    { key: "index", label: indexLabel },
    ...present.map(({ key, label, show }): Column => ({
      key,
      label,
      numeric: true,
      show: (value) => (typeof value === "number" ? (show ? show(value) : String(value)) : value === null || value === undefined ? MISSING : String(value)),
    })),
  ];
  const rows: Row[] = series.index.map((index, i) => ({ index, ...Object.fromEntries(present.map(({ key }) => [key, series.columns[key]?.[i] ?? null])) }));
  return { columns: shown, rows };
}

export const meta = (series: SeriesTable, key: string): number | null => {
  const value = series.meta[key];
  return typeof value === "number" ? value : null;
};
