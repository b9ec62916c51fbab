/** The head of a result: grade, sentence, expression, what it was tested on, score. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { RunResult } from "@/api/types";
import { MISSING, span } from "@/lib/format";
import { CodeBlock, CodeLine } from "@/ui/Code";
import { Button, Grade, LinkButton } from "@/ui/controls";
import { EditIcon, ReportIcon } from "@/ui/icons";

import { ScoreBox, VerdictSentence } from "./Verdict";
import css from "./VerdictStrip.module.css";

export function VerdictStrip({ result, universe, onRewrite }: { result: RunResult; universe: string; onRewrite: () => void }) {
  const { t } = useTranslation(["runs", "words"]);
  const [unfolded, setUnfolded] = useState(false);
  const { params } = result;
  const facts = [
    `${universe} · ${params.universe_meta?.is_pit ? t("words:pit") : t("words:not_pit")}`,
    span(params.effective_start ?? params.start_date, params.effective_end ?? params.end_date),
    `${t("words:groups_holding", { groups: params.n_groups, holding: params.holding_period })} · ${t(`words:${params.execution ?? "next_open"}`, { defaultValue: params.execution ?? MISSING })}`,
    `${params.market ?? MISSING}@${(params.data_snapshot ?? "").slice(0, 6)}`,
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
        </p>
      </div>
      <div className={css["score"]}>
        <ScoreBox result={result} wide />
      </div>
      <div className={css["actions"]}>
        <Button small onClick={onRewrite}>
          <EditIcon size={14} /> {t("rewrite")}
        </Button>
        {result.report_url ? (
          <LinkButton small href={result.report_url} target="_blank" rel="noopener" data-testid="report">
            <ReportIcon size={14} /> {t("report")}
          </LinkButton>
        ) : null}
      </div>
    </div>
  );
}
