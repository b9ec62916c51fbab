/** The sentence, its reasons, the score with its interval: what one reads before any figure. */

import { useTranslation } from "react-i18next";

import type { RunResult } from "@/api/types";
import { interval, score } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { MarkIcon, ScoreRule, Tag, Term } from "@/ui/controls";

import { recommendationMark, saysTooMuch } from "./figures";
import css from "./Runs.module.css";

export function Reasons({ result, most = 4 }: { result: RunResult; most?: number }) {
  const { i18n } = useTranslation();
  const order = { pass: 0, fail: 1, doubt: 2 };
  const reasons = [...(result.reasons ?? [])].sort((a, b) => order[a.mark] - order[b.mark]);
  // When there are too many, passes give way: a doubt is never hidden.
  const surplus = Math.max(0, reasons.length - most);
  const passes = reasons.filter((reason) => reason.mark === "pass");
  const hidden = new Set(passes.slice(passes.length - Math.min(surplus, passes.length)));
  const shown = reasons.filter((reason) => !hidden.has(reason)).slice(-most);
  return (
    <ul className={css["reasons"]}>
      {shown.map((reason) => (
        <li key={reason.code}>
          <MarkIcon mark={reason.mark} />
          <span>{pick(reason, i18n.language)}</span>
        </li>
      ))}
    </ul>
  );
}

export function ScoreBox({ result, wide = false }: { result: RunResult; wide?: boolean }) {
  const { t, i18n } = useTranslation("words");
  const [low, high] = result.score_ci95 ?? [null, null];
  const capped = typeof result.score_uncapped === "number" && typeof result.score === "number" && result.score_uncapped - result.score > 0.05;
  const test = result.anti_overfit;
  const cap = result.caps?.[0];
  return (
    <div className={css["scoreBox"]} data-wide={wide ? "" : undefined}>
      <div className={css["scoreLine"]}>
        <Term meaning={t("score_meaning")}>
          <b className={css["scoreValue"]} data-testid="score">{score(result.score)}</b>
        </Term>
        <span className="muted">
          {capped ? `${t("uncapped", { value: score(result.score_uncapped) })} · ` : ""}
          {t("score_interval", { value: interval(low, high) })}
        </span>
        {wide && test ? <RecommendationTag result={result} /> : null}
      </div>
      {typeof result.score === "number" ? (
        <ScoreRule
          score={result.score}
          low={low}
          high={high}
          letter={result.grade}
          label={t("score_label", { score: score(result.score), interval: interval(low, high), grade: result.grade ?? "—" })}
        />
      ) : null}
      {!wide && test ? <RecommendationTag result={result} /> : null}
      {capped && cap && !wide ? <p className={css["cap"]}>{pick(cap, i18n.language)}</p> : null}
    </div>
  );
}

function RecommendationTag({ result }: { result: RunResult }) {
  const { t } = useTranslation("words");
  const test = result.anti_overfit;
  if (!test) return null;
  const passed = t("passed_of", { passed: test.passed_count, total: test.total_count });
  if (saysTooMuch(result)) return <Tag>{t("tests_only", { passed })}</Tag>;
  return (
    <Tag mark={recommendationMark(test.recommendation)}>
      {t(`rec_${test.recommendation}`, { defaultValue: test.recommendation })} · {passed}
    </Tag>
  );
}

export function VerdictSentence({ result }: { result: RunResult }) {
  const { i18n } = useTranslation();
  return <>{pick(result.verdict, i18n.language)}</>;
}
