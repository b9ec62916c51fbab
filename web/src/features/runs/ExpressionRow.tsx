/** The expression of a run: direction and where it came from, what it needs, in colour and in words. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useFacts } from "@/api/queries";
import type { RunResult } from "@/api/types";
import { integer } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { broken } from "@/lib/lexer";
import { CodeBlock } from "@/ui/Code";
import { IconButton, Tag } from "@/ui/controls";
import { CheckIcon, CopyIcon, EditIcon } from "@/ui/icons";

import css from "./Runs.module.css";

export function directionText(result: RunResult, t: (key: string) => string): string {
  const sign = result.params.direction ?? 0;
  const source = String(result.params.direction_source ?? "");
  const words = source.startsWith("calib") ? t("words:source_calibration") : source.startsWith("given") || source === "caller" ? t("words:source_given") : source;
  return `${sign < 0 ? t("words:direction_minus") : t("words:direction_plus")}${words ? t("runs:bracket").replace("…", words) : ""}`;
}

export function ExpressionRow({ expression, result, onEdit }: { expression: string; result?: RunResult | null | undefined; onEdit?: (() => void) | undefined }) {
  const { t, i18n } = useTranslation(["runs", "words"]);
  const facts = useFacts(expression);
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard?.writeText(expression).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    });
  };
  const valid = facts.data?.valid ? facts.data : null;
  const llm = result?.llm;
  const written = llm && (llm.engine === "llm" || llm.engine === "offline") ? llm : null;
  const words = valid ? pick({ zh: valid.words_zh ?? null, en: valid.words_en ?? null }, i18n.language) : "";
  return (
    <div className={css["expression"]}>
      <div className={css["expressionHead"]}>
        <strong>{t("expression")}</strong>
        {result ? <Tag>{directionText(result, t)}</Tag> : null}
        {valid ? (
          <span className="muted">
            {t("needs", { warmup: integer(valid.warmup), lookahead: integer(valid.lookahead) })}
          </span>
        ) : null}
        <span style={{ marginLeft: "auto", display: "flex" }}>
          <IconButton label={copied ? t("copied") : t("copy")} onClick={copy}>{copied ? <CheckIcon /> : <CopyIcon />}</IconButton>
          {onEdit ? <IconButton label={t("edit")} onClick={onEdit}><EditIcon /></IconButton> : null}
        </span>
      </div>
      {written ? (
        <p className={css["words"]} data-testid="prompt">
          {t("prompt", { text: written.prompt ?? "" })} <Tag>{written.engine === "llm" ? t("byModel", { model: written.model ?? "" }) : t("byOffline")}</Tag>
        </p>
      ) : null}
      <CodeBlock text={broken(expression)} />
      {words ? <p className={css["words"]}>{words}</p> : null}
    </div>
  );
}
