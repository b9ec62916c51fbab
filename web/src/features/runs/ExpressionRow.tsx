/** The expression of a run: direction and where it came from, what it needs, in colour and in words. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useDescription } from "@/api/describe";
import type { RunResult } from "@/api/types";
import { integer } from "@/lib/format";
import { broken } from "@/lib/lexer";
import { CodeBlock } from "@/ui/Code";
import { IconButton, Tag } from "@/ui/controls";
import { CheckIcon, CopyIcon, EditIcon } from "@/ui/icons";

import css from "./Runs.module.css";

const COPIED_MS = 1500;

export function directionText(result: RunResult, t: (key: string) => string): string {
  const sign = result.params.direction ?? 0;
  const source = String(result.params.direction_source ?? "");
  const words = source.startsWith("calib") ? t("words:source_calibration") : source.startsWith("given") || source === "caller" ? t("words:source_given") : source;
  return `${sign < 0 ? t("words:direction_minus") : t("words:direction_plus")}${words ? t("runs:bracket").replace("…", words) : ""}`;
}

/** Who put the idea into an expression; nothing for one that was typed. */
function EngineTag({ result }: { result: RunResult | null | undefined }) {
  const { t } = useTranslation("runs");
  const llm = result?.llm;
  if (llm?.engine === "llm") return <Tag>{t("byModel", { model: llm.model ?? "" })}</Tag>;
  if (llm?.engine === "offline") return <Tag>{t("byOffline")}</Tag>;
  return null;
}

interface ExpressionRowProps {
  readonly expression: string;
  readonly result?: RunResult | null | undefined;
  /** It stands as it was typed. */
  readonly typed?: boolean;
  readonly onEdit?: (() => void) | undefined;
}

export function ExpressionRow({ expression, result, typed = false, onEdit }: ExpressionRowProps) {
  const { t, i18n } = useTranslation(["runs", "words"]);
  const description = useDescription(expression, result?.params.market);
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard?.writeText(expression).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), COPIED_MS);
    });
  };
  const facts = description.data?.valid ? description.data : null;
  const sentences = facts ? (i18n.language.startsWith("en") ? facts.in_words.en : facts.in_words.zh) : [];
  return (
    <div className={css["expression"]}>
      <div className={css["expressionHead"]}>
        <strong>{t("expression")}</strong>
        <EngineTag result={result} />
        {result ? <Tag>{directionText(result, t)}</Tag> : null}
        {facts ? (
          <span className="muted">
            {t("needs", { warmup: integer(facts.warmup), lookahead: integer(facts.lookahead) })}
          </span>
        ) : null}
        <span className={css["expressionTools"]}>
          <IconButton label={copied ? t("copied") : t("copy")} onClick={copy}>{copied ? <CheckIcon /> : <CopyIcon />}</IconButton>
          {onEdit ? <IconButton label={t("edit")} onClick={onEdit}><EditIcon /></IconButton> : null}
        </span>
      </div>
      <CodeBlock text={typed ? broken(expression) : (facts?.pretty ?? broken(expression))} />
      {sentences.length > 0 ? (
        <p className={css["words"]} data-testid="in-words">
          {sentences.map((sentence, i) => (
            <span key={i}>{sentence} </span>
          ))}
        </p>
      ) : null}
    </div>
  );
}
