/** The columns of a library: what a factor is, and once tested what was found. */

import type { TFunction } from "i18next";

import { ic, integer, number, pValue, score } from "@/lib/format";
import { Absent } from "@/ui/Absent";
import { CodeLine } from "@/ui/Code";
import { Grade } from "@/ui/controls";
import type { CellValue, Column } from "@/ui/DataTable";

import { ItemButton, Muted } from "./cells";
import css from "./Factors.module.css";
import type { View } from "./useView";

interface ColumnsAsk {
  readonly t: TFunction<"shelves">;
  readonly view: View;
  readonly ticked: ReadonlySet<string>;
  readonly onTick: (ids: readonly string[], on: boolean) => void;
  readonly measured: boolean;
  readonly full: boolean;
  readonly withCategory: boolean;
}

export function columnsOf({ t, view, ticked, onTick, measured, full, withCategory }: ColumnsAsk): Column[] {
  const figure = (key: string, label: string, show: (value: number) => string): Column => ({
    key,
    label,
    numeric: true,
    show: (value: CellValue, row) => (typeof value === "number" ? show(value) : <Absent many why={row["failed"] ? String(row["failed"]) : t(row["tested"] === true ? "absent_figure" : "absent_untested")} />),
  });
  const found: Column[] = [
    figure("rank_ic", t("rankIc"), (value) => ic(value)),
    figure("t_hac", t("tValue"), (value) => number(value)),
    figure("q_bh", t("qValue"), (value) => pValue(value)),
    figure("sharpe", t("sharpe"), (value) => number(value)),
    ...(full ? [figure("score", t("score"), (value) => score(value)), { key: "grade", label: t("grade"), show: (value: CellValue) => (value ? <Grade letter={String(value)} size={20} /> : <Absent many why={t("absent_untested")} />) }] : []),
  ];
  return [
    {
      key: "runnable",
      label: t("choose"),
      show: (value, row) => (value === true ? <input type="checkbox" className={css["tick"]} aria-label={t("chooseOne", { name: String(row["name"]) })} checked={ticked.has(String(row["id"]))} onChange={(event) => onTick([String(row["id"])], event.target.checked)} /> : null),
    },
    {
      key: "name",
      label: t("factor"),
      show: (value, row) => (
        <ItemButton id={String(row["id"])} on={row["id"] === view.item} title={String(row["meaning"])} onPick={(item) => view.set({ item })}>
          <span data-user-text="">{String(value)}</span>
        </ItemButton>
      ),
    },
    ...(measured ? found : []),
    {
      key: "expression",
      label: t("expression"),
      show: (value, row) => (value ? <CodeLine text={String(value)} className={css["code"] ?? ""} /> : <span className={css["reason"]} title={String(row["reason"])}>{String(row["reason"])}</span>),
    },
    ...(withCategory ? [{ key: "category", label: t("category") }] : []),
    { key: "warmup", label: t("warmup"), numeric: true, show: (value) => (typeof value === "number" ? integer(value) : <Absent many why={t("absent_warmup")} />) },
    { key: "tags", label: t("tags"), show: (value) => <Muted>{String(value)}</Muted> },
  ];
}
