/** 持仓: what the long group held after the last rebalance. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useSeries } from "@/api/queries";
import type { SeriesTable } from "@/api/types";
import * as format from "@/lib/format";
import { Card, type Twin } from "@/ui/Card";
import { Tag } from "@/ui/controls";
import { DataTable, type Column, type Row } from "@/ui/DataTable";
import { DataView, Empty } from "@/ui/states";

import css from "./Result.module.css";

export function tableRows(data: SeriesTable): Row[] {
  return data.index.map((index, i) => ({ [data.index_name]: index, ...Object.fromEntries(Object.entries(data.columns).map(([key, values]) => [key, values[i] ?? null])) }));
}

/** Keep the rows in which some cell contains the words. */
export function filtered(rows: readonly Row[], words: string): readonly Row[] {
  const wanted = words.trim().toLowerCase();
  return wanted ? rows.filter((row) => Object.values(row).some((value) => String(value ?? "").toLowerCase().includes(wanted))) : rows;
}

export function Holdings({ task }: { task: string }) {
  const { t } = useTranslation(["result", "words"]);
  const query = useSeries(task, "holdings");
  const [words, setWords] = useState("");
  const number = (show: (value: number) => string) => (value: unknown) => (typeof value === "number" ? show(value) : format.MISSING);
  const columns: Column[] = [
    { key: "code", label: t("code"), show: (value) => <code style={{ fontSize: 12 }}>{String(value)}</code> },
    { key: "name", label: t("stockName") },
    { key: "factor_value", label: t("factorValue"), numeric: true, show: number((v) => format.number(v, 4)) },
    { key: "percentile", label: t("percentile"), numeric: true, show: number((v) => format.share(v)) },
    { key: "group", label: t("group") },
    { key: "weight", label: t("weight"), numeric: true, show: number((v) => format.share(v, 2)) },
    { key: "holding_return", label: t("holdingReturn"), numeric: true, show: (value) => (typeof value === "number" ? <span className={format.direction(value)}>{format.percent(value, 2)}</span> : format.MISSING) },
    { key: "tradable", label: t("tradable"), show: (value) => (value === true ? t("yes") : value === false ? <Tag mark="doubt">{t("no")}</Tag> : format.MISSING) },
    { key: "industry", label: t("industry") },
  ];
  const all = query.data ? tableRows(query.data) : [];
  const rows = filtered(all, words);
  const twin: Twin = { columns, rows };
  const day = query.data?.meta["date"];
  const group = query.data?.meta["group"];
  return (
    <Card id="holdings" title={t("holdings")} caption={typeof day === "string" ? t("holdingsCaption", { day, group: String(group ?? "") }) : undefined} table={query.data ? twin : undefined} isTable flush>
      <DataView of={query} height={300} isEmpty={(data) => data.index.length === 0} empty={<Empty title={t("noHoldings")} height={240} />}>
        {() => (
          <>
            <div className={css["bar"]} style={{ padding: "0 14px 8px" }}>
              <input className={css["filter"]} type="search" value={words} placeholder={t("filterHoldings")} aria-label={t("filterHoldings")} onChange={(event) => setWords(event.target.value)} />
              <span className="muted">{t("rowsOf", { shown: format.integer(rows.length), all: format.integer(all.length) })}</span>
            </div>
            {rows.length === 0 ? <Empty title={t("noMatch")} height={160} /> : <DataTable label={t("holdings")} columns={columns} rows={rows} sortable phoneColumns={4} />}
          </>
        )}
      </DataView>
    </Card>
  );
}
