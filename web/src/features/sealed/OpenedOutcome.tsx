/** What the sealed slice said of the chosen factor: figures before and after side by side, never pooled. */

import { useTranslation } from "react-i18next";

import type { OpenedResult } from "@/api/iterations";
import { useSealedState } from "@/api/result";
import { ic, number, percent, score, share, span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { CodeLine } from "@/ui/Code";
import { Grade, MarkIcon, Term } from "@/ui/controls";
import { UnlockIcon } from "@/ui/icons";
import { Skeleton } from "@/ui/states";

import type { Seal } from "./seal";
import css from "./Sealed.module.css";

interface Line {
  readonly key: string;
  readonly label: string;
  readonly meaning?: string;
  readonly before: string;
  readonly after: string;
}

function useLines(result: OpenedResult): Line[] {
  const { t } = useTranslation(["sealed", "words"]);
  const { open, metrics, backtest_summary: summary } = result;
  const of = (key: string): number | null => {
    const value = summary[key];
    return typeof value === "number" ? value : null;
  };
  const word = (key: string, before: string, after: string): Line => ({ key, label: t(`words:${key}`), meaning: t(`words:${key}_meaning`), before, after });
  return [
    word("rank_ic", ic(open["rank_ic_mean"]), ic(of("rank_ic_mean"))),
    word("sharpe", number(open["sharpe"]), number(metrics["sharpe"])),
    word("cagr", percent(open["cagr"]), percent(metrics["cagr"])),
    word("max_drawdown", share(open["max_drawdown"]), share(metrics["max_drawdown"])),
    word("monotonicity", number(open["monotonicity_score"]), number(of("monotonicity_score"))),
    { key: "spread", label: t("spread"), before: percent(open["spread"], 3), after: percent(of("spread"), 3) },
    { key: "score", label: t("score"), before: score(open["score"]), after: score(result.score) },
  ];
}

function Figures({ run, result, openSpan }: { run: string; result: OpenedResult; openSpan: string | null }) {
  const { t, i18n } = useTranslation("sealed");
  const lines = useLines(result);
  const compared = useSealedState(run).data?.verdict;
  return (
    <>
      {compared ? <p className={css["verdict"]}>{pick(compared, i18n.language)}</p> : null}
      <p className={compared ? css["text"] : css["verdict"]}>{t("alone", { verdict: pick(result.verdict, i18n.language) })}</p>
      <table className={css["table"]}>
        <thead>
          <tr>
            <th scope="col">{t("metric")}</th>
            <th scope="col">{t("before")}<span>{openSpan}</span></th>
            <th scope="col">{t("after")}<span>{span(result.sealed.first_day, result.sealed.last_day)}</span></th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.key}>
              <th scope="row"><Term meaning={line.meaning}>{line.label}</Term></th>
              <td>{line.before}</td>
              <td>{line.after}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">{t("grade")}</th>
            <td><Grade letter={result.open.grade} size={22} /></td>
            <td><Grade letter={result.grade} size={22} /></td>
          </tr>
        </tbody>
      </table>
      <p className={css["note"]}>{t("apart")}</p>
    </>
  );
}

interface OpenedOutcomeProps {
  /** The chosen candidate: `<task>-<index>`. */
  readonly run: string;
  readonly seal: Seal;
  /** Dates of the open part, where they are known. */
  readonly openSpan: string | null;
  /** The chosen factor is not the one that the slice was opened for. */
  readonly refused: boolean;
}

export function OpenedOutcome({ run, seal, openSpan, refused }: OpenedOutcomeProps) {
  const { t } = useTranslation("sealed");
  const { opening } = seal;
  if (!opening) return null;
  if (refused) return <p className={css["refused"]}><MarkIcon mark="doubt" /> <span>{t("refusedNote")}</span></p>;
  return (
    <section className={css["outcome"]} aria-label={t("outcome")} data-testid="opened" data-state={seal.state}>
      <header className={css["head"]}>
        <UnlockIcon />
        <h3>{t("outcome")}</h3>
      </header>
      {opening.status === "failed" ? (
        <p className={css["text"]}>{t("outcomeFailed", { reason: opening.error ?? "—" })}</p>
      ) : opening.result ? (
        <Figures run={run} result={opening.result} openSpan={openSpan} />
      ) : (
        <div role="status">
          <p className={css["text"]}>{t("outcomeRunning")}</p>
          <CodeLine text={opening.expression} />
          <div className={css["waiting"]}><Skeleton height={14} width="62%" /><Skeleton height={150} /></div>
        </div>
      )}
    </section>
  );
}
