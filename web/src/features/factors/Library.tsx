/** The factors of one library: search, category, choice, detail, and a test of many at once. */

import { useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { KEPT, type LibraryShelf, type ShelvedFactor } from "@/api/libraries";
import { isRunning, useStartLibraryTest, type LibraryTest } from "@/api/libraryTests";
import { useMarket } from "@/api/queries";
import { pick } from "@/lib/i18n";
import { newKey } from "@/lib/key";
import { useOnce } from "@/lib/once";
import { DataTable, type Row } from "@/ui/DataTable";
import { Dialog } from "@/ui/Dialog";
import { DataView, Empty } from "@/ui/states";

import { FactorDetail, type FactorActions } from "./FactorDetail";
import { columnsOf } from "./libraryColumns";
import { Pair } from "./Pair";
import { TestBar } from "./TestBar";
import { Tested } from "./Tested";
import { TestForm } from "./TestForm";
import { useTest } from "./useTest";
import { holds, type View } from "./useView";

interface LibraryProps extends FactorActions {
  readonly shelf: LibraryShelf;
  readonly categories: ReadonlyMap<string, string>;
  readonly view: View;
}

export const matching = (factors: readonly ShelvedFactor[], view: Pick<View, "category" | "query">) =>
  factors.filter((one) => (!view.category || one.category === view.category) && holds(view.query, one.name, one.zh, one.en, one.expression, one.native, ...one.tags));

/** A library as it will be once what is about to be removed is gone. */
export function without(shelf: LibraryShelf, hidden: readonly string[]): LibraryShelf {
  const factors = shelf.factors.filter((one) => !hidden.includes(one.id));
  return factors.length === shelf.factors.length ? shelf : { ...shelf, factors, total: shelf.total - (shelf.factors.length - factors.length) };
}

export function Library({ shelf, categories, view, ...actions }: LibraryProps) {
  const { t, i18n } = useTranslation("shelves");
  const market = useMarket();
  const shown = useTest(shelf.name);
  const start = useStartLibraryTest(shelf.name);
  const once = useOnce();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<readonly string[] | null>(null);
  const key = useRef(newKey());
  const found = useMemo(() => matching(shelf.factors, view), [shelf.factors, view]);
  const runnable = useMemo(() => found.filter((one) => one.runnable).map((one) => one.id), [found]);
  const chosen = view.item === undefined ? undefined : shelf.factors.find((one) => one.id === view.item);
  const result = chosen ? shown.rowOf(chosen) : undefined;
  const { test } = shown;
  const tested = String(test?.params["universe"] ?? "");
  const universe = pick(market.data?.universes.find((one) => one.name === tested), i18n.language) || tested;
  const measured = (test?.rows?.length ?? 0) > 0;

  const tick = (ids: readonly string[], on: boolean) =>
    setTicked((old) => {
      const next = new Set(old);
      for (const id of ids) {
        if (on) next.add(id);
        else next.delete(id);
      }
      return next;
    });
  const open = () => {
    key.current = newKey();
    if (!start.isPending) start.reset();
    setAsking(ticked.size > 0 ? shelf.factors.filter((one) => ticked.has(one.id)).map((one) => one.id) : runnable);
  };
  const columns = columnsOf({ t, view, ticked, onTick: tick, measured, full: test?.params["mode"] === "full", withCategory: shelf.name !== KEPT && !view.category });
  const rows = found.map((one): Row => {
    const row = shown.rowOf(one);
    return {
      id: one.id,
      name: one.name,
      runnable: one.runnable,
      meaning: pick(one, i18n.language),
      expression: one.native ?? one.expression,
      reason: pick({ zh: one.reason_zh, en: one.reason_en }, i18n.language),
      category: categories.get(one.category) ?? "",
      warmup: one.warmup,
      tags: one.tags.map((tag) => t(`tag_${tag}`, { defaultValue: tag })).join(t("comma")),
      tested: row?.status === "success",
      failed: row?.status === "failed" ? (row.error ?? t("testFailed")) : null,
      rank_ic: row?.rank_ic_mean ?? null,
      t_hac: row?.rank_ic_t_hac ?? null,
      q_bh: row?.q_value ?? null,
      sharpe: row?.sharpe ?? null,
      score: row?.score ?? null,
      grade: row?.grade ?? null,
    };
  });
  if (measured && !isRunning(test)) rows.sort((a, b) => Number(a["q_bh"] ?? 2) - Number(b["q_bh"] ?? 2) || Math.abs(Number(b["t_hac"] ?? 0)) - Math.abs(Number(a["t_hac"] ?? 0)));
  const empty = shelf.total === 0 ? <Empty title={t("keptNone")} height={200}>{t("keptNoneText")}</Empty> : <Empty title={t("noneFound", { query: view.query })} height={160} />;
  return (
    <>
      <Pair
        title={chosen?.name ?? ""}
        chosen={chosen ? <FactorDetail factor={chosen} category={categories.get(chosen.category) ?? ""} tested={result ? <Tested row={result} /> : null} {...actions} /> : null}
        hint={t("chooseFactor")}
        names={rows.map((row) => String(row["id"]))}
        view={view}
      >
        {shelf.total > 0 ? <TestBar chosen={ticked.size} shown={runnable.length} test={test} universe={universe} earlier={shown.earlier} onTest={open} onAll={() => tick(runnable, true)} onClear={() => setTicked(new Set())} onShow={shown.show} /> : null}
        {rows.length === 0 ? empty : <DataTable label={pick(shelf, i18n.language)} columns={columns} rows={rows} sortable phoneColumns={3} maxHeight={Math.max(420, window.innerHeight - 300)} selected={(row) => row["id"] === view.item} />}
      </Pair>
      <Dialog title={t("testTitle")} open={asking !== null} onClose={() => setAsking(null)}>
        <DataView of={market} height={300}>
          {(facts) => (
            <TestForm
              market={facts}
              names={asking ?? []}
              busy={start.isPending}
              failure={start.error}
              onCancel={() => setAsking(null)}
              onStart={(ask) =>
                once((settled) => {
                  const onSuccess = (made: LibraryTest) => {
                    setAsking(null);
                    setTicked(new Set());
                    shown.show(made.test_id);
                  };
                  start
                    .mutateAsync({ ask, key: key.current }, { onSuccess })
                    .catch(() => undefined)
                    .finally(settled);
                })
              }
            />
          )}
        </DataView>
      </Dialog>
    </>
  );
}
