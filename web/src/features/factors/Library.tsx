/** The factors of one library: search, category, choice, detail. */

import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { KEPT, type LibraryShelf, type ShelvedFactor } from "@/api/libraries";
import { integer, MISSING } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { CodeLine } from "@/ui/Code";
import { DataTable, type Column, type Row } from "@/ui/DataTable";
import { Empty } from "@/ui/states";

import { ItemButton, Muted } from "./cells";
import css from "./Factors.module.css";
import { FactorDetail, type FactorActions } from "./FactorDetail";
import { Pair } from "./Pair";
import { holds, type View } from "./useView";

interface LibraryProps extends FactorActions {
  readonly shelf: LibraryShelf;
  readonly categories: ReadonlyMap<string, string>;
  readonly view: View;
}

export const rowsOf = (factors: readonly ShelvedFactor[], view: Pick<View, "category" | "query">) =>
  factors.filter((one) => (!view.category || one.category === view.category) && holds(view.query, one.name, one.zh, one.en, one.expression, one.native, ...one.tags));

export function Library({ shelf, categories, view, ...actions }: LibraryProps) {
  const { t, i18n } = useTranslation("shelves");
  const kept = shelf.name === KEPT;
  const found = useMemo(() => rowsOf(shelf.factors, view), [shelf.factors, view]);
  const byId = useMemo(() => new Map(shelf.factors.map((one) => [one.id, one])), [shelf.factors]);
  const chosen = view.item === undefined ? undefined : byId.get(view.item);
  const columns: Column[] = [
    {
      key: "name",
      label: t("factor"),
      show: (value, row) => <ItemButton id={String(row["id"])} on={row["id"] === view.item} title={String(row["meaning"])} onPick={(item) => view.set({ item })}><span data-user-text="">{String(value)}</span></ItemButton>,
    },
    { key: "expression", label: t("expression"), show: (value, row) => (value ? <CodeLine text={String(value)} className={css["code"] ?? ""} /> : <span className={css["reason"]} title={String(row["reason"])}>{String(row["reason"])}</span>) },
    ...(kept || view.category ? [] : [{ key: "category", label: t("category") }]),
    { key: "warmup", label: t("warmup"), numeric: true, show: (value) => (value === null ? <Muted>{MISSING}</Muted> : integer(value as number)) },
    { key: "tags", label: t("tags"), show: (value) => <Muted>{String(value)}</Muted> },
  ];
  const rows: Row[] = found.map((one) => ({
    id: one.id,
    name: one.name,
    meaning: pick(one, i18n.language),
    expression: one.native ?? one.expression,
    reason: pick({ zh: one.reason_zh, en: one.reason_en }, i18n.language),
    category: categories.get(one.category) ?? "",
    warmup: one.warmup,
    tags: one.tags.map((tag) => t(`tag_${tag}`, { defaultValue: tag })).join(t("comma")),
  }));
  const empty = shelf.total === 0 ? <Empty title={t("keptNone")} height={200}>{t("keptNoneText")}</Empty> : <Empty title={t("noneFound", { query: view.query })} height={160} />;
  return (
    <Pair
      title={chosen?.name ?? ""}
      chosen={chosen ? <FactorDetail factor={chosen} category={categories.get(chosen.category) ?? ""} {...actions} /> : null}
      hint={t("chooseFactor")}
      names={found.map((one) => one.id)}
      view={view}
    >
      {rows.length === 0 ? empty : <DataTable label={pick(shelf, i18n.language)} columns={columns} rows={rows} sortable phoneColumns={2} maxHeight={560} selected={(row) => row["id"] === view.item} />}
    </Pair>
  );
}
