/** A run that ended without a result: why, its parameters, its log, again as it was or with changes. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMarket } from "@/api/queries";
import type { Task } from "@/api/types";
import { clockTime, span } from "@/lib/format";
import { Button } from "@/ui/controls";
import { ErrorNote } from "@/ui/states";

import { EventLog } from "./EventLog";
import { nameOf } from "./figures";
import css from "./Runs.module.css";

interface FailedJobProps {
  readonly task: Task;
  /** A retry is on its way. */
  readonly busy?: boolean;
  readonly onRetry?: ((task: Task) => void) | undefined;
  readonly onEdit?: ((task: Task) => void) | undefined;
  /** Put another sentence into the composer. */
  readonly onWords?: ((text: string) => void) | undefined;
}

const NOT_UNDERSTOOD = "not_understood";

/** Other sentences that the engine is sure to read. */
const suggestionsOf = (task: Task): readonly string[] => {
  const given = (task.error_facts as { suggestions?: unknown } | null)?.suggestions;
  return Array.isArray(given) ? given.filter((one): one is string => typeof one === "string").slice(0, 6) : [];
};

export function FailedJob({ task, busy = false, onRetry, onEdit, onWords }: FailedJobProps) {
  const { t, i18n } = useTranslation(["runs", "words"]);
  const market = useMarket();
  const [log, setLog] = useState(false);
  const { universe, start_date, end_date, n_groups, holding_period, benchmark } = task.params;
  const facts = [
    nameOf(market.data?.universes, universe, i18n.language),
    span(start_date, end_date),
    t("words:groups_holding", { groups: n_groups, holding: holding_period }),
    t("words:bench", { value: nameOf(market.data?.benchmarks, benchmark, i18n.language) }),
  ];
  const code = task.error_facts?.code;
  const suggestions = suggestionsOf(task);
  const title = code === "cancelled" ? t("cancelled") : code === NOT_UNDERSTOOD ? t("notUnderstood") : t("failed", { reason: task.error ?? t("unknownReason") });
  return (
    <div data-testid="failed">
      <ErrorNote
        title={title}
        actions={
          <>
            {onRetry && code !== NOT_UNDERSTOOD ? <Button small disabled={busy} onClick={() => onRetry(task)}>{t("again")}</Button> : null}
            {onEdit ? <Button small look={code === NOT_UNDERSTOOD ? "default" : "ghost"} onClick={() => onEdit(task)}>{t(code === NOT_UNDERSTOOD ? "rephrase" : "change")}</Button> : null}
            <Button small look="ghost" aria-expanded={log} onClick={() => setLog(!log)}>{log ? t("hideLog") : t("log")}</Button>
          </>
        }
        small={t("taskLine", { id: task.task_id, time: clockTime(task.finished_at ?? task.updated_at) })}
      >
        {code === NOT_UNDERSTOOD ? <p>{task.error}</p> : null}
        {suggestions.length > 0 && onWords ? (
          <p className={css["suggestions"]}>
            {t("tryThese")}
            {suggestions.map((text) => (
              <Button key={text} small onClick={() => onWords(text)}>{text}</Button>
            ))}
          </p>
        ) : task.error_facts?.hint ? (
          <p>{task.error_facts.hint}</p>
        ) : null}
        <p>{facts.join(" · ")}</p>
      </ErrorNote>
      {log ? <EventLog id={task.task_id} /> : null}
    </div>
  );
}
