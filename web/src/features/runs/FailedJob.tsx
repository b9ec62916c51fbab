/** A run that ended without a result: why, its parameters, again as it was or with changes. */

import { useTranslation } from "react-i18next";

import { useMarket } from "@/api/queries";
import type { Task } from "@/api/types";
import { clockTime, span } from "@/lib/format";
import { Button } from "@/ui/controls";
import { ErrorNote } from "@/ui/states";

import { nameOf } from "./figures";

interface FailedJobProps {
  readonly task: Task;
  readonly onRetry?: ((task: Task) => void) | undefined;
  readonly onEdit?: ((task: Task) => void) | undefined;
}

export function FailedJob({ task, onRetry, onEdit }: FailedJobProps) {
  const { t, i18n } = useTranslation(["runs", "words"]);
  const market = useMarket();
  const { universe, start_date, end_date, n_groups, holding_period, benchmark } = task.params;
  const facts = [
    nameOf(market.data?.universes, universe, i18n.language),
    span(start_date, end_date),
    t("words:groups_holding", { groups: n_groups, holding: holding_period }),
    t("words:bench", { value: nameOf(market.data?.benchmarks, benchmark, i18n.language) }),
  ];
  const cancelled = task.error_facts?.code === "cancelled";
  return (
    <div data-testid="failed">
      <ErrorNote
        title={cancelled ? t("cancelled") : t("failed", { reason: task.error ?? t("unknownReason") })}
        actions={
          onRetry || onEdit ? (
            <>
              {onRetry ? <Button small onClick={() => onRetry(task)}>{t("again")}</Button> : null}
              {onEdit ? <Button small look="ghost" onClick={() => onEdit(task)}>{t("change")}</Button> : null}
            </>
          ) : undefined
        }
        small={t("taskLine", { id: task.task_id, time: clockTime(task.finished_at ?? task.updated_at) })}
      >
        {task.error_facts?.hint ? <p>{task.error_facts.hint}</p> : null}
        <p>{facts.join(" · ")}</p>
      </ErrorNote>
    </div>
  );
}
