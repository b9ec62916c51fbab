/** How much is known of every item in every year: problems speak, the normal is silent. */

import { useTranslation } from "react-i18next";

import { useCoverage } from "@/api/data";
import type { Coverage, CoverageCell } from "@/api/dataTypes";
import { integer, MISSING } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Card, type Twin } from "@/ui/Card";
import { WarnIcon } from "@/ui/icons";
import { DataView } from "@/ui/states";

import css from "./Coverage.module.css";

/** Per cent without rounding up: 100 means complete. */
export function percentText(pct: number): string {
  if (pct >= 100) return "100";
  return pct > 99 ? (Math.floor(pct * 10) / 10).toFixed(1) : String(Math.floor(pct));
}

export type Level = "quiet" | "less" | "low" | "absent";
export const levelOf = (cell: CoverageCell | null): Level => (cell === null ? "absent" : cell.pct >= 99 ? "quiet" : cell.pct >= 90 ? "less" : "low");

function Cell({ cell, label, year }: { cell: CoverageCell | null; label: string; year: number }) {
  const { t } = useTranslation("dataset");
  if (cell === null) return <td data-level="absent" title={t("absentHint", { field: label, year })}>{t("absent")}</td>;
  const hint = t("cellHint", { field: label, year, known: integer(cell.known), of: integer(cell.of), count: cell.names ?? 0, names: integer(cell.names) });
  return <td data-level={levelOf(cell)} title={hint}>{percentText(cell.pct)}</td>;
}

function Heat({ data }: { data: Coverage }) {
  const { t, i18n } = useTranslation("dataset");
  return (
    <>
      <div className={css["box"]} tabIndex={0} role="group" aria-label={t("coverage")} data-testid="coverage">
        <table className={css["heat"]} aria-label={t("coverage")}>
          <thead>
            <tr>
              <td />
              {data.years.map((year) => (
                <th key={year} scope="col">{year}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.rows.map((row) => {
              const label = pick(row, i18n.language);
              return (
                <tr key={row.field}>
                  <th scope="row">{label}</th>
                  {data.years.map((year, i) => (
                    <Cell key={year} cell={row.cells[i] ?? null} label={label} year={year} />
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {data.warnings.length > 0 ? (
        <ul className={css["warnings"]} id="data-warnings">
          {data.warnings.map((warning, i) => (
            <li key={`${warning.code}-${i}`}>
              <WarnIcon size={14} />
              <span>{pick(warning, i18n.language)}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}

function twinOf(data: Coverage | undefined, language: string, head: string): Twin | undefined {
  if (!data) return undefined;
  return {
    columns: [{ key: "field", label: head }, ...data.years.map((year) => ({ key: String(year), label: String(year), numeric: true, show: (value: unknown) => (typeof value === "number" ? percentText(value) : MISSING) }))],
    rows: data.rows.map((row) => ({ field: pick(row, language), ...Object.fromEntries(data.years.map((year, i) => [String(year), row.cells[i]?.pct ?? null])) })),
  };
}

export function CoverageCard({ market }: { market: string }) {
  const { t, i18n } = useTranslation("dataset");
  const query = useCoverage(market);
  return (
    <Card id="coverage" title={t("coverage")} caption={t("coverageCaption")} table={twinOf(query.data, i18n.language, t("field"))} flush>
      <DataView of={query} height={380}>{(data) => <Heat data={data} />}</DataView>
    </Card>
  );
}
