/** Again as it was, or stop. */

import { useTranslation } from "react-i18next";

import { useCancel } from "@/api/queries";
import { useRepeat } from "@/api/repeat";
import type { Task } from "@/api/types";
import { useRefusalText } from "@/lib/refusal";
import { toast } from "@/lib/toast";

export function useJobActions() {
  const { t } = useTranslation("job");
  const said = useRefusalText();
  const repeat = useRepeat();
  const cancel = useCancel();
  const again = (task: Task) =>
    repeat.again(task, {
      onDone: () => toast("success", t("submitted")),
      onFault: (reason) => toast("error", t("refused", { reason: said(reason).title })),
    });
  const stop = (task: Task) => cancel.mutate(task.task_id, { onError: (reason) => toast("error", t("notStopped", { reason: said(reason).title })) });
  return { again, stop, ready: repeat.ready, stopping: cancel.isPending ? cancel.variables : undefined };
}
