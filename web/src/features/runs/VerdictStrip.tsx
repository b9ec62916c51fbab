/** The head of a result: grade, sentence, expression, what it was tested on, score. */

import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { RunResult } from "@/api/types";
import { MISSING, score, span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { CodeBlock, CodeLine } from "@/ui/Code";
import { Grade } from "@/ui/controls";
import { MarketMark } from "@/ui/MarketMark";

import { ScoreBox, VerdictSentence } from "./Verdict";
import css from "./VerdictStrip.module.css";

/** The rule that holds the score down, and the score without it. */
function Cap({ result }: { result: RunResult }) {
  const { t, i18n } = useTranslation("words");
  const cap = result.caps?.[0];
  const { score: now, score_uncapped: before } = result;
  if (!cap || typeof now !== "number" || typeof before !== "number" || before - now <= 0.05) return null;
  return <p className={css["cap"]}>{t("capped", { now: score(now), before: score(before), rule: pick(cap, i18n.language) })}</p>;
}

export function VerdictStrip({ result, universe, actions }: { result: RunResult; universe: string; actions: ReactNode }) {
  const { t } = useTranslation(["runs", "words"]);
  const [unfolded, setUnfolded] = useState(false);
  const { params } = result;
  const sealed = result.search?.sealed?.state === "sealed";
  const facts = [
    `${universe} · ${params.universe_meta?.is_pit === false ? t("words:not_pit") : t("words:pit")}`,
    `${span(params.effective_start ?? params.start_date, params.effective_end ?? params.end_date)}${sealed ? t("words:besides_sealed") : ""}`,
    `${t("words:groups_holding", { groups: params.n_groups, holding: params.holding_period })} · ${t(`words:${params.execution ?? "next_open"}`, { defaultValue: params.execution ?? MISSING })}`,
  ];
  return (
    <div className={css["strip"]}>
      <Grade letter={result.grade} size={56} />
      <div className={css["middle"]}>
        <h2 className={css["sentence"]}><VerdictSentence result={result} /></h2>
        {unfolded ? (
          <CodeBlock text={params.expression} />
        ) : (
          <button type="button" className={css["code"]} onClick={() => setUnfolded(true)} aria-expanded={false} title={t("unfold")}>
            <CodeLine text={params.expression} />
          </button>
        )}
        <p className={css["facts"]}>
          {facts.map((fact) => (
            <span key={fact}>{fact}</span>
          ))}
          <MarketMark of={params} />
        </p>
        <Cap result={result} />
      </div>
      <div className={css["score"]}>
        <ScoreBox result={result} wide />
      </div>
      <div className={css["actions"]}>{actions}</div>
    </div>
  );
}
