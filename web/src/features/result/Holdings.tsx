/** 持仓: what the long group held after the last rebalance, or after any other. */

import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useDay, useSeries } from "@/api/result";
import { labels, type SeriesTable } from "@/api/types";
import * as format from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Card, type Twin } from "@/ui/Card";
import { IconButton } from "@/ui/controls";
import { DataTable, type Row } from "@/ui/DataTable";
import { BackIcon, ChevronRightIcon } from "@/ui/icons";
import { DataView, Empty } from "@/ui/states";

import { sessionAt } from "./DaySheet";
import { holdingColumns } from "./holdingColumns";
import css from "./Result.module.css";

export function tableRows(data: SeriesTable): Row[] {
  return data.index.map((index, i) => ({ [data.index_name]: index, ...Object.fromEntries(Object.entries(data.columns).map(([key, values]) => [key, values[i] ?? null])) }));
}

/** Keep the rows in which some cell contains the words; a code is found by either of its spellings. */
export function filtered(rows: readonly Row[], words: string): readonly Row[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return rows;
  const has = (value: Row[string]) => {
    const text = String(value ?? "").toLowerCase();
    return text.includes(wanted) || (typeof value === "string" && format.stockCode(value).toLowerCase().includes(wanted));
  };
  return rows.filter((row) => Object.values(row).some(has));
}

const LAST_KEYS = new Set(["code", "name", "factor_value", "percentile", "group", "weight", "holding_return", "tradable", "industry"]);
const PAST_KEYS = new Set(["code", "name", "factor_value", "percentile", "group", "weight", "period_return", "carried", "industry"]);

interface HoldingsProps {
  readonly task: string;
  readonly day: string | null;
  /** Orders fill on the day of the signal, not on the session after it. */
  readonly sameDay: boolean;
  readonly onDay: (day: string | null) => void;
}

export function Holdings({ task, day, sameDay, onDay }: HoldingsProps) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const last = useSeries(task, "holdings");
  const turnover = useSeries(task, "turnover");
  const signals = turnover.data ? labels(turnover.data) : [];
  const lastSignal = typeof last.data?.meta["date"] === "string" ? last.data.meta["date"] : null;
  const at = day === null ? signals.length - 1 : sessionAt(signals, day);
  const signal = signals[at] ?? lastSignal;
  const isLast = day === null || signal === lastSignal;
  const nav = useSeries(task, "nav");
  const sessions = nav.data ? labels(nav.data) : [];
  const filled = signal === null ? null : sameDay ? signal : (sessions[sessions.indexOf(signal) + 1] ?? null);
  const past = useDay(task, isLast ? null : filled);
  const [words, setWords] = useState("");
  const step = (by: number) => {
    const next = signals[at + by];
    if (next) onDay(next === lastSignal ? null : next);
  };
  const columns = useMemo(() => holdingColumns(t).filter((column) => (isLast ? LAST_KEYS : PAST_KEYS).has(column.key)), [t, isLast]);
  const all = useMemo((): readonly Row[] => (isLast ? (last.data ? tableRows(last.data) : []) : ((past.data?.holdings.rows ?? []) as unknown as Row[])), [isLast, last.data, past.data]);
  const rows = useMemo(() => filtered(all, words), [all, words]);
  const twin = useMemo((): Twin => ({ columns, rows }), [columns, rows]);
  const query = isLast ? last : past;
  const why = !isLast && past.data?.holdings.reason ? pick(past.data.holdings.reason, i18n.language) : "";
  const group = String((isLast ? last.data?.meta["group"] : past.data?.group) ?? "");
  return (
    <Card
      id="holdings"
      title={t("holdings")}
      caption={signal ? t(isLast ? "holdingsCaption" : "holdingsAt", { day: isLast ? signal : (past.data?.holdings.as_of ?? signal), group }) : undefined}
      table={query.data ? twin : undefined}
      isTable
      flush
      tools={
        <span className={css["stepper"]}>
          <IconButton label={t("rebalanceBefore")} disabled={at <= 0} onClick={() => step(-1)}><BackIcon /></IconButton>
          <span className="num">{signal ?? format.MISSING}</span>
          <IconButton label={t("rebalanceAfter")} disabled={at >= signals.length - 1} onClick={() => step(1)}><ChevronRightIcon /></IconButton>
        </span>
      }
    >
      <DataView of={query as { data: object | undefined; error: Error | null; refetch: () => unknown }} height={300} isEmpty={() => all.length === 0} empty={<Empty title={t("noHoldings")} height={240}>{why}</Empty>}>
        {() => (
          <>
            <div className={css["bar"]} style={{ padding: "0 14px 8px" }}>
              <input className={css["filter"]} type="search" value={words} placeholder={t("filterHoldings")} aria-label={t("filterHoldings")} onChange={(event) => setWords(event.target.value)} />
              <span className="muted">{t("rowsOf", { shown: format.integer(rows.length), all: format.integer(all.length) })}</span>
            </div>
            {rows.length === 0 ? <Empty title={t("noMatch")} height={160} /> : <DataTable id="holdings" label={t("holdings")} columns={columns} rows={rows} sortable phoneColumns={4} />}
          </>
        )}
      </DataView>
    </Card>
  );
}
