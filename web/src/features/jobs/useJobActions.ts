/** Again as it was, or stop. */

import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { useCancel, useMarket, useSubmit } from "@/api/queries";
import type { Task } from "@/api/types";
import { toast } from "@/lib/toast";

import { repeatOf } from "./repeat";

export function useJobActions() {
  const { t } = useTranslation("job");
  const market = useMarket();
  const submit = useSubmit();
  const cancel = useCancel();
  /** One key per job and page visit: a double press is one repetition. */
  const keys = useRef(new Map<string, string>());
  const again = (task: Task) => {
    if (!market.data || submit.isPending) return;
    const key = keys.current.get(task.task_id) ?? `${task.task_id}-again-${Date.now()}`;
    keys.current.set(task.task_id, key);
    submit.mutate(
      { ask: repeatOf(task, market.data), key },
      {
        onSuccess: () => toast("success", t("submitted")),
        onError: (reason) => toast("error", t("refused", { reason: reason.message })),
      },
    );
  };
  const stop = (task: Task) => cancel.mutate(task.task_id, { onError: (reason) => toast("error", t("notStopped", { reason: reason.message })) });
  return { again, stop, ready: market.data !== undefined && !submit.isPending, stopping: cancel.isPending ? cancel.variables : undefined };
}
