/** Tables: text left, numbers right, one sort, sticky head and first column; long ones draw only the rows in view. */

import { Menu } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState, type ReactNode, type RefObject } from "react";
import { useTranslation } from "react-i18next";

import { MISSING } from "@/lib/format";
import { remembered } from "@/lib/storage";

import { usePaper } from "./chart/paper";
import { TextButton } from "./controls";
import css from "./DataTable.module.css";
import { CheckIcon } from "./icons";

export type CellValue = string | number | boolean | null | undefined;
export type Row = Record<string, CellValue>;

export interface Column {
  readonly key: string;
  readonly label: string;
  readonly head?: ReactNode;
  readonly numeric?: boolean;
  readonly wrap?: boolean;
  /** false: the column cannot be sorted by, in a table that sorts. */
  readonly sortable?: boolean;
  readonly show?: (value: CellValue, row: Row) => ReactNode;
}

interface DataTableProps {
  /** Name under which the chosen columns are remembered; without it there is no choice. */
  readonly id?: string;
  readonly label: string;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly sortable?: boolean;
  readonly maxHeight?: number;
  readonly selected?: (row: Row) => boolean;
  /** Rows that stand apart without being chosen: totals, slices. */
  readonly quiet?: (row: Row) => boolean;
  /** How many columns a phone shows at first; 0 shows all. */
  readonly phoneColumns?: number;
}

const VIRTUAL_FROM = 150;
/** Rows that a table prints; the file has them all. */
const PAPER_ROWS = 60;

function compare(left: CellValue, right: CellValue): number {
  const [noLeft, noRight] = [left === null || left === undefined, right === null || right === undefined];
  if (noLeft || noRight) return noLeft === noRight ? 0 : noLeft ? 1 : -1;
  if (typeof left === "number" && typeof right === "number") return left - right;
  return String(left).localeCompare(String(right), "zh");
}

/** Whether the table is wider than its box; then the box must be reachable by keys. */
function useOverflow(box: RefObject<HTMLDivElement | null>): boolean {
  const [tight, setTight] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const watcher = new ResizeObserver(() => setTight(element.scrollWidth > element.clientWidth + 1));
    watcher.observe(element);
    if (element.firstElementChild) watcher.observe(element.firstElementChild);
    return () => watcher.disconnect();
  }, [box]);
  return tight;
}

/** Columns that the reader put away, remembered by the name of the table. */
function useHidden(id: string | undefined): readonly [readonly string[], (next: readonly string[]) => void] {
  const [hidden, setHidden] = useState<readonly string[]>(() => {
    const kept = id ? remembered.json<unknown>(`columns.${id}`) : null;
    return Array.isArray(kept) ? kept.filter((key): key is string => typeof key === "string") : [];
  });
  const set = (next: readonly string[]) => {
    setHidden(next);
    if (id) remembered.setJson(`columns.${id}`, next);
  };
  return [hidden, set] as const;
}

export function DataTable({ id, label, columns, rows, sortable = false, maxHeight, selected, quiet, phoneColumns = 3 }: DataTableProps) {
  const { t } = useTranslation(["ui", "card"]);
  const phone = useMediaQuery("(max-width: 767px)") ?? false;
  const [all, setAll] = useState(false);
  const [sort, setSort] = useState<{ key: string; down: boolean } | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const [hidden, setHidden] = useHidden(id);
  const chosen = hidden.length > 0 ? columns.filter((column, i) => i === 0 || !hidden.includes(column.key)) : columns;
  const limited = phone && phoneColumns > 0 && chosen.length > phoneColumns;
  const shownColumns = limited && !all ? chosen.slice(0, phoneColumns) : chosen;
  const sorted = useMemo(() => {
    if (!sort) return rows;
    const ordered = [...rows].sort((a, b) => compare(a[sort.key], b[sort.key]));
    // Missing values stay at the end in both directions.
    if (!sort.down) return ordered;
    const missing = ordered.filter((row) => row[sort.key] === null || row[sort.key] === undefined);
    return [...ordered.filter((row) => row[sort.key] !== null && row[sort.key] !== undefined).reverse(), ...missing];
  }, [rows, sort]);
  const paper = usePaper();
  const virtual = !paper && sorted.length > VIRTUAL_FROM;
  const rowHeight = phone ? 44 : 27;
  const virtualizer = useVirtualizer({ count: virtual ? sorted.length : 0, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 12 });
  const items = virtualizer.getVirtualItems();
  const before = virtual ? (items[0]?.start ?? 0) : 0;
  const after = virtual ? virtualizer.getTotalSize() - (items[items.length - 1]?.end ?? 0) : 0;
  const visible = virtual ? items.map((item) => ({ row: sorted[item.index] as Row, index: item.index })) : (paper ? sorted.slice(0, PAPER_ROWS) : sorted).map((row, index) => ({ row, index }));

  const tight = useOverflow(box);
  const scrolls = tight || maxHeight !== undefined || virtual;

  const header = (column: Column) => {
    const text = column.head ?? column.label;
    if (!sortable || column.sortable === false) return text;
    const mine = sort?.key === column.key;
    const arrow = mine ? (sort.down ? " ↓" : " ↑") : "";
    const turn = () => setSort(mine && !sort.down ? null : { key: column.key, down: mine ? false : true });
    // A head with a definition is a button already: the sort stands beside it.
    if (column.head) return <>{column.head} <button type="button" className={css["sort"]} aria-label={t("sortBy", { label: column.label })} onClick={turn}>{arrow || " ↕"}</button></>;
    return (
      <button type="button" aria-label={t("sortBy", { label: column.label })} onClick={turn}>
        {text}
        {arrow}
      </button>
    );
  };

  return (
    <>
      <div ref={box} className={css["box"]} style={{ maxHeight: paper ? undefined : (maxHeight ?? (virtual ? 560 : undefined)) }} tabIndex={scrolls ? 0 : undefined} role={scrolls ? "group" : undefined} aria-label={scrolls ? label : undefined}>
        <table className={css["table"]} aria-label={label} aria-rowcount={virtual ? sorted.length + 1 : undefined}>
          <thead>
            <tr>
              {shownColumns.map((column) => (
                <th key={column.key} scope="col" className={column.numeric ? css["right"] : undefined} aria-sort={sort?.key === column.key ? (sort.down ? "descending" : "ascending") : undefined}>
                  {header(column)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {before > 0 ? <tr aria-hidden="true"><td style={{ height: before, padding: 0 }} colSpan={shownColumns.length} /></tr> : null}
            {visible.map(({ row, index }) => (
              <tr key={index} data-selected={selected?.(row) ? "" : undefined} data-quiet={quiet?.(row) ? "" : undefined}>
                {shownColumns.map((column) => {
                  const value = row[column.key];
                  const shown = column.show ? column.show(value, row) : value === null || value === undefined ? MISSING : String(value);
                  return (
                    <td key={column.key} className={[column.numeric ? css["right"] : "", column.wrap ? css["wrap"] : ""].join(" ").trim() || undefined}>
                      {shown}
                    </td>
                  );
                })}
              </tr>
            ))}
            {after > 0 ? <tr aria-hidden="true"><td style={{ height: after, padding: 0 }} colSpan={shownColumns.length} /></tr> : null}
          </tbody>
        </table>
      </div>
      {paper && sorted.length > PAPER_ROWS ? <p className={css["cut"]}>{t("card:printedRows", { shown: PAPER_ROWS, all: sorted.length })}</p> : null}
      {limited || id ? (
        <div className={css["more"]}>
          {limited ? <TextButton onClick={() => setAll(!all)}>{all ? t("fewColumns") : t("allColumns")}</TextButton> : null}
          {id ? (
            <Menu closeOnItemClick={false} position="top-start">
              <Menu.Target>
                <TextButton>{t("card:chooseColumns")}</TextButton>
              </Menu.Target>
              <Menu.Dropdown>
                {columns.slice(1).map((column) => (
                  <Menu.Item key={column.key} role="menuitemcheckbox" aria-checked={!hidden.includes(column.key)} leftSection={<span className={css["tick"]}>{hidden.includes(column.key) ? null : <CheckIcon size={14} />}</span>} onClick={() => setHidden(hidden.includes(column.key) ? hidden.filter((key) => key !== column.key) : [...hidden, column.key])}>
                    {column.label}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          ) : null}
        </div>
      ) : null}
    </>
  );
}
