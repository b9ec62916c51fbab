/** The operators and the fields as tables, with the chosen one in detail. */

import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Field, Operator, Vocabulary as Words } from "@/api/operators";
import { integer } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { DataTable, type Column, type Row } from "@/ui/DataTable";
import { Empty } from "@/ui/states";

import { ItemButton, Muted } from "./cells";
import { Pair } from "./Pair";
import { holds, type View } from "./useView";

interface OperatorsProps {
  readonly words: Words;
  readonly view: View;
  readonly detail: (operator: Operator) => ReactNode;
}

export function Operators({ words, view, detail }: OperatorsProps) {
  const { t, i18n } = useTranslation("shelves");
  const found = useMemo(
    () =>
      words.operators.filter(
        (one) => (!view.category || one.category === view.category) && holds(view.query, one.name, one.symbol, one.zh, one.en, one.category_zh, one.category_en, ...one.aliases),
      ),
    [words, view.category, view.query],
  );
  const columns: Column[] = [
    { key: "name", label: t("operator"), show: (value, row) => <ItemButton id={String(value)} on={view.item === value} onPick={(item) => view.set({ item })}>{String(row["signature"])}</ItemButton> },
    { key: "meaning", label: t("meaning"), wrap: true },
    { key: "category", label: t("category") },
    { key: "warmup", label: t("exampleWarmup"), numeric: true, show: (value) => integer(value as number) },
  ];
  const rows: Row[] = found.map((one) => ({
    name: one.name,
    signature: one.signature,
    meaning: pick(one, i18n.language).replaceAll("`", ""),
    category: pick({ zh: one.category_zh, en: one.category_en }, i18n.language),
    warmup: one.warmup,
  }));
  const chosen = words.operators.find((one) => one.name === view.item);
  return (
    <Pair title={chosen?.signature ?? ""} chosen={chosen ? detail(chosen) : null} hint={t("chooseOperator")} names={found.map((one) => one.name)} view={view}>
      {rows.length === 0 ? <Empty title={t("noneFound", { query: view.query })} height={160} /> : <DataTable label={t("operators")} columns={columns} rows={rows} sortable phoneColumns={2} selected={(row) => row["name"] === view.item} />}
    </Pair>
  );
}

interface FieldsProps {
  readonly words: Words;
  readonly view: View;
  readonly detail: (field: Field) => ReactNode;
}

export function Fields({ words, view, detail }: FieldsProps) {
  const { t, i18n } = useTranslation(["shelves", "mend"]);
  const all = useMemo<Field[]>(() => [...words.fields, ...words.special.map((one) => ({ ...one, unit: "shares" }))], [words]);
  const found = all.filter((one) => holds(view.query, one.name, one.zh, one.en));
  const columns: Column[] = [
    { key: "name", label: t("field"), show: (value) => <ItemButton id={String(value)} on={view.item === value} onPick={(item) => view.set({ item })}>{String(value)}</ItemButton> },
    { key: "meaning", label: t("meaning"), wrap: true },
    { key: "unit", label: t("unit"), show: (value) => <Muted>{t(`mend:unit_${String(value)}`, { defaultValue: String(value) })}</Muted> },
  ];
  const rows: Row[] = found.map((one) => ({ name: one.name, meaning: pick(one, i18n.language), unit: one.unit }));
  const chosen = all.find((one) => one.name === view.item);
  return (
    <Pair title={chosen?.name ?? ""} chosen={chosen ? detail(chosen) : null} hint={t("chooseField")} names={found.map((one) => one.name)} view={view}>
      {rows.length === 0 ? <Empty title={t("noneFound", { query: view.query })} height={160} /> : <DataTable label={t("fields")} columns={columns} rows={rows} sortable phoneColumns={2} selected={(row) => row["name"] === view.item} />}
    </Pair>
  );
}
