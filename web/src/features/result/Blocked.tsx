/** 受阻交易: every order that the rules of the day did not let through. */

import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useSeries } from "@/api/result";
import * as format from "@/lib/format";
import { Card, type Twin } from "@/ui/Card";
import { DataTable, type Column, type Row } from "@/ui/DataTable";
import { CountBars } from "@/ui/Plots";
import { DataView, Empty } from "@/ui/states";

import { codeText, userText } from "./holdingColumns";
import { filtered, tableRows } from "./Holdings";
import css from "./Result.module.css";

export function Blocked({ task, execution }: { task: string; execution: string }) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const query = useSeries(task, "blocked");
  const [words, setWords] = useState("");
  const english = i18n.language.startsWith("en");
  const columns = useMemo((): Column[] => [
    { key: "date", label: t("date") },
    { key: "name", label: t("stockName"), show: userText },
    { key: "code", label: t("code"), show: codeText },
    { key: "sideWord", label: t("side") },
    { key: "reasonWord", label: t("reason") },
    { key: "ruleText", label: t("rule"), wrap: true },
    { key: "happened", label: t("happened"), wrap: true },
  ], [t]);
  const all = useMemo(
    (): Row[] =>
      query.data
        ? tableRows(query.data).map((row) => ({
            ...row,
            sideWord: t(`side_${String(row["side"])}`, { defaultValue: String(row["side"]) }),
            reasonWord: t(`reason_${String(row["reason"])}`, { defaultValue: String(row["reason"]) }),
            ruleText: english ? (row["rule_en"] ?? row["rule"]) : (row["rule_zh"] ?? row["rule"]),
            happened: t(`happened_${String(row["side"])}`, { defaultValue: "" }),
          }))
        : [],
    [query.data, english, t],
  );
  const rows = useMemo(() => filtered(all, words), [all, words]);
  const twin = useMemo((): Twin => ({ columns, rows }), [columns, rows]);
  const byReason = query.data?.meta["by_reason"];
  const counts =
    typeof byReason === "object" && byReason !== null
      ? Object.entries(byReason as Record<string, number>).sort(([, a], [, b]) => b - a)
      : [];
  const total = typeof query.data?.meta["total"] === "number" ? query.data.meta["total"] : all.length;
  return (
    <DataView of={query} height={300} isEmpty={(data) => data.index.length === 0} empty={<Empty title={t("noBlocked")} height={280}>{t("noBlockedWhy", { fill: t(`words:${execution}`, { defaultValue: execution }) })}</Empty>}>
      {() => (
        <div className={css["grid"]}>
          <div className={css["full"]}>
            <Card title={t("blockedBy")} caption={t("blockedByCaption", { total: format.integer(total) })}>
              <CountBars items={counts.map(([key, count]) => ({ key, label: t(`reason_${key}`, { defaultValue: key }), count }))} />
            </Card>
          </div>
          <div className={css["full"]}>
            <Card id="blocked" title={t("blocked")} caption={total > all.length ? t("blockedCut", { shown: format.integer(all.length), total: format.integer(total) }) : undefined} table={twin} isTable flush>
              <div className={css["bar"]} style={{ padding: "0 14px 8px" }}>
                <input className={css["filter"]} type="search" value={words} placeholder={t("filterHoldings")} aria-label={t("filterHoldings")} onChange={(event) => setWords(event.target.value)} />
                <span className="muted">{t("rowsOf", { shown: format.integer(rows.length), all: format.integer(all.length) })}</span>
              </div>
              {rows.length === 0 ? <Empty title={t("noMatch")} height={160} /> : <DataTable id="blocked" label={t("blocked")} columns={columns} rows={rows} sortable phoneColumns={4} />}
            </Card>
          </div>
        </div>
      )}
    </DataView>
  );
}
