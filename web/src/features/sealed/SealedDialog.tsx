/** What is asked before a candidate is chosen: the choice may open the sealed slice, and that happens once. */

import type { KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import type { Candidate } from "@/api/iterations";
import { focusHere } from "@/lib/focus";
import { span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { useRefusalText } from "@/lib/refusal";
import { CodeBlock } from "@/ui/Code";
import { Button, buttonClass, MarkIcon } from "@/ui/controls";
import { Dialog } from "@/ui/Dialog";
import { UnlockIcon } from "@/ui/icons";

import { consequenceOf, type Consequence, type Seal } from "./seal";
import css from "./Sealed.module.css";

interface SealedDialogProps {
  readonly name: string;
  readonly candidate: Candidate | null;
  readonly seal: Seal | null;
  readonly open: boolean;
  readonly busy: boolean;
  readonly failure: Error | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

const TEXT: Record<Consequence, string> = { opens: "dialogText", again: "dialogText", seen: "dialogSeen", same: "dialogSame", refused: "dialogOpened", none: "dialogNone" };

/** What cannot be taken back needs a press of its own: a key that is held on does not answer. */
function pressedAnew(event: KeyboardEvent): void {
  if (event.repeat && event.key === "Enter") event.preventDefault();
}

export function SealedDialog({ name, candidate, seal, open, busy, failure, onConfirm, onClose }: SealedDialogProps) {
  const { t, i18n } = useTranslation("sealed");
  const said = useRefusalText();
  const consequence = consequenceOf(seal, candidate ?? {});
  const opens = consequence === "opens" || consequence === "again";
  const text = t(TEXT[consequence], { name, span: span(seal?.first, seal?.last), reason: pick(seal?.reason, i18n.language).replace(/[。.]$/, "") || "—" });
  return (
    <Dialog title={opens ? t("dialogTitle") : t("dialogTitlePlain", { name })} open={open} onClose={onClose}>
      <p className={css["text"]}>{text}</p>
      <div className={css["code"]}><CodeBlock text={candidate?.expression ?? ""} /></div>
      {failure ? (
        <p className={css["failure"]} role="alert">
          <MarkIcon mark="fail" />
          <span>{t("failed", { reason: said(failure).title })}</span>
        </p>
      ) : null}
      <div className={css["actions"]}>
        <Button look="primary" disabled={busy} onClick={onConfirm} onKeyDown={pressedAnew} data-testid="open-seal">
          {opens ? <UnlockIcon /> : null} {busy ? t("working") : t(opens ? "confirmOpen" : "confirm", { name })}
        </Button>
        <button type="button" ref={focusHere} className={buttonClass("ghost", false)} onClick={onClose}>{t(opens ? "notYet" : "cancel")}</button>
      </div>
    </Dialog>
  );
}
