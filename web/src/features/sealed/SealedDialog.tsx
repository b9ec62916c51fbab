/** What is asked before a candidate is chosen: the choice may open the sealed slice, and that happens once. */

import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import { span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { CodeBlock } from "@/ui/Code";
import { Button, MarkIcon } from "@/ui/controls";
import { Dialog } from "@/ui/Dialog";
import { UnlockIcon } from "@/ui/icons";

import type { Seal } from "./seal";
import css from "./Sealed.module.css";

interface SealedDialogProps {
  readonly name: string;
  readonly expression: string;
  readonly seal: Seal | null;
  readonly open: boolean;
  readonly busy: boolean;
  readonly failure: Error | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

export function SealedDialog({ name, expression, seal, open, busy, failure, onConfirm, onClose }: SealedDialogProps) {
  const { t, i18n } = useTranslation("sealed");
  const state = seal?.state ?? "none";
  const opens = state === "sealed" || state === "seen" || (state === "failed" && seal?.opening?.expression === expression);
  const text = opens
    ? t("dialogText", { span: span(seal?.first, seal?.last) })
    : seal?.opening
      ? t(seal.opening.expression === expression ? "dialogSame" : "dialogOpened", { name })
      : t("dialogNone", { name, reason: pick(seal?.reason, i18n.language).replace(/[。.]$/, "") || "—" });
  return (
    <Dialog title={opens ? t("dialogTitle") : t("dialogTitlePlain", { name })} open={open} onClose={onClose}>
      <p className={css["text"]}>{text}</p>
      <div className={css["code"]}><CodeBlock text={expression} /></div>
      {failure ? (
        <p className={css["failure"]} role="alert">
          <MarkIcon mark="fail" />
          <span>{failure instanceof ApiError && failure.offline ? t("offline") : t("failed", { reason: failure.message })}</span>
        </p>
      ) : null}
      <div className={css["actions"]}>
        <Button look="primary" autoFocus disabled={busy} onClick={onConfirm} data-testid="open-seal">
          {opens ? <UnlockIcon /> : null} {busy ? t("working") : t(opens ? "confirmOpen" : "confirm", { name })}
        </Button>
        <Button look="ghost" onClick={onClose}>{t(opens ? "notYet" : "cancel")}</Button>
      </div>
    </Dialog>
  );
}
