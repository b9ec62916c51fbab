/** Messages about things that happened elsewhere, in the lower corner. Errors interrupt a screen reader, the rest waits its turn. */

import { useTranslation } from "react-i18next";

import { closeToast, useToasts, type Toast } from "@/lib/toast";

import { Button, IconButton, MarkIcon } from "./controls";
import { CrossIcon } from "./icons";
import css from "./Toasts.module.css";

const MARK = { success: "pass", warning: "doubt", error: "fail" } as const;

function One({ toast }: { toast: Toast }) {
  const { t } = useTranslation("ui");
  const { action } = toast;
  return (
    <div className={css["toast"]} data-tone={toast.tone} data-testid="toast">
      <MarkIcon mark={MARK[toast.tone]} />
      <p>{toast.text}</p>
      {action ? (
        <Button
          small
          onClick={() => {
            action.run();
            closeToast(toast.id);
          }}
        >
          {action.label}
        </Button>
      ) : null}
      <IconButton label={t("close")} onClick={() => closeToast(toast.id)}><CrossIcon size={14} /></IconButton>
    </div>
  );
}

export function Toasts() {
  const list = useToasts();
  const urgent = list.filter((one) => one.tone === "error");
  const calm = list.filter((one) => one.tone !== "error");
  return (
    <div className={css["stack"]}>
      <div role="alert">{urgent.map((one) => <One key={one.id} toast={one} />)}</div>
      <div role="status">{calm.map((one) => <One key={one.id} toast={one} />)}</div>
    </div>
  );
}
