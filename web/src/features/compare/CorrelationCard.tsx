/** How alike the factor values of the runs are: mean daily rank correlation, pairs that are one idea boxed. */

import { useTranslation } from "react-i18next";

import type { Correlation } from "@/api/compare";
import { diverging } from "@/lib/color";
import { integer, MISSING, number, span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Absent } from "@/ui/Absent";
import { Card, type Twin } from "@/ui/Card";
import { DataView, Empty, type Loadable } from "@/ui/states";
import { Button } from "@/ui/controls";
import { Refusal } from "@/ui/Refusal";
import { useTokens } from "@/ui/tokens";

import css from "./Matrix.module.css";
import { LETTERS } from "./ids";
import { Letter } from "./Letter";

const placeOf = (letter: string) => LETTERS.indexOf(letter as (typeof LETTERS)[number]);

function Matrix({ data }: { data: Correlation }) {
  const { t, i18n } = useTranslation("comparison");
  const tokens = useTokens();
  const alike = new Set(data.same_idea.flatMap(([a, b]) => [`${a}${b}`, `${b}${a}`]));
  return (
    <div className={css["box"]} tabIndex={0} role="group" aria-label={t("correlation")}>
      <table className={css["matrix"]} aria-label={t("correlation")}>
        <thead>
          <tr>
            <td />
            {data.letters.map((letter) => (
              <th key={letter} scope="col"><Letter place={placeOf(letter)} /></th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.letters.map((row, i) => (
            <tr key={row}>
              <th scope="row"><Letter place={placeOf(row)} /></th>
              {data.letters.map((col, j) => {
                const value = data.matrix[i]?.[j] ?? null;
                if (i === j) return <td key={col} className={css["self"]} aria-label={t("itself")}>{MISSING}</td>;
                const why = data.failed.filter((one) => one.letter === row || one.letter === col).map((one) => `${one.letter}: ${pick(one, i18n.language)}`).join(" ");
                if (value === null) return <td key={col}><Absent why={why || t("absent_correlation", { a: row, b: col })} /></td>;
                const hint = t("correlationHint", { a: row, b: col, days: integer(data.days[i]?.[j]), names: integer(data.names[i]?.[j]) });
                return (
                  <td key={col} title={hint} data-alike={alike.has(`${row}${col}`) ? "" : undefined} style={{ background: diverging(tokens.surface, tokens.g2, tokens.g4, value, 0.62) }}>
                    {number(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const twinOf = (data: Correlation | undefined, head: string): Twin | undefined =>
  data?.state === "completed" && data.matrix.length > 0
    ? {
        columns: [{ key: "run", label: head }, ...data.letters.map((letter) => ({ key: letter, label: letter, numeric: true, show: (value: unknown) => (typeof value === "number" ? number(value, 4) : MISSING) }))],
        rows: data.letters.map((run, i) => ({ run, ...Object.fromEntries(data.letters.map((letter, j) => [letter, data.matrix[i]?.[j] ?? null])) })),
      }
    : undefined;

function Body({ data, onAgain }: { data: Correlation; onAgain: () => void }) {
  const { t, i18n } = useTranslation("comparison");
  if (data.state === "completed") {
    return (
      <>
        <Matrix data={data} />
        <p className={css["foot"]}>
          {t("correlationRange", { range: span(data.first_day, data.last_day) })}
          {data.failed.map((one) => ` ${one.letter}: ${pick(one, i18n.language)}`).join("")}
        </p>
      </>
    );
  }
  if (data.state === "failed") return <Refusal of={{ message: data.error ?? "" }} title={t("correlationFailed")} actions={<Button small onClick={onAgain}>{t("again")}</Button>} />;
  if (data.state === "unavailable") return <Empty title={t("correlationUnavailable")} height={140}>{pick(data.reason, i18n.language)}</Empty>;
  const share = data.progress?.pct ?? 0;
  return (
    <div className={css["waiting"]} role="status">
      <span>{t("correlationRunning")}</span>
      <progress max={100} value={share} aria-label={t("correlationRunning")} />
      <span className="muted">{data.progress?.message}</span>
    </div>
  );
}

export function CorrelationCard({ of, onAgain }: { of: Loadable<Correlation>; onAgain: () => void }) {
  const { t } = useTranslation("comparison");
  return (
    <Card id="compare-correlation" title={t("correlation")} caption={t("correlationCaption")} table={twinOf(of.data, t("run"))} isTable flush>
      <DataView of={of} height={140}>{(data) => <Body data={data} onAgain={onAgain} />}</DataView>
    </Card>
  );
}
