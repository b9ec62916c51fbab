/** Again as it was, or stop. */

import { useTranslation } from "react-i18next";

import { useCancel } from "@/api/queries";
import { useRepeat } from "@/api/repeat";
import type { Task } from "@/api/types";
import { toast } from "@/lib/toast";

export function useJobActions() {
  const { t } = useTranslation("job");
  const repeat = useRepeat();
  const cancel = useCancel();
  const again = (task: Task) =>
    repeat.again(task, {
      onDone: () => toast("success", t("submitted")),
      onFault: (reason) => toast("error", t("refused", { reason: reason.message })),
    });
  const stop = (task: Task) => cancel.mutate(task.task_id, { onError: (reason) => toast("error", t("notStopped", { reason: reason.message })) });
  return { again, stop, ready: repeat.ready, stopping: cancel.isPending ? cancel.variables : undefined };
}
