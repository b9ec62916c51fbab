/** Keep the expression among one's own factors, under a name. */

import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { useKeepFactor } from "@/api/library";
import { focusHere } from "@/lib/focus";
import { useOnce } from "@/lib/once";
import { toast } from "@/lib/toast";
import { CodeBlock } from "@/ui/Code";
import { Button } from "@/ui/controls";
import { Dialog } from "@/ui/Dialog";
import { Refusal } from "@/ui/Refusal";

import css from "./Keep.module.css";

const MOST_NAME = 200;
const MOST_NOTE = 2000;
const LONG = 40;

interface KeepDialogProps {
  /** Null while nothing is to be kept. */
  readonly expression: string | null;
  readonly onClose: () => void;
}

function KeepForm({ expression, onClose }: { expression: string; onClose: () => void }) {
  const { t } = useTranslation("workbench");
  const keep = useKeepFactor();
  const once = useOnce();
  const [name, setName] = useState("");
  const [note, setNote] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    once((done) =>
      keep.mutate(
        { name: name.trim() || expression.slice(0, MOST_NAME), expression, note: note.trim() },
        {
          onSuccess: (kept) => {
            toast("success", t("keptAs", { name: kept.name.length > LONG ? `${kept.name.slice(0, LONG)}…` : kept.name }));
            onClose();
          },
          onSettled: done,
        },
      ),
    );
  };
  return (
    <form className={css["form"]} onSubmit={submit}>
      <CodeBlock text={expression} />
      <label>
        {t("keepName")}
        <input value={name} maxLength={MOST_NAME} placeholder={expression.slice(0, 60)} onChange={(event) => setName(event.target.value)} ref={focusHere} />
      </label>
      <label>
        {t("keepNote")}
        <textarea value={note} maxLength={MOST_NOTE} rows={3} onChange={(event) => setNote(event.target.value)} />
      </label>
      {keep.error ? <Refusal of={keep.error} /> : null}
      <div className={css["actions"]}>
        <Button onClick={onClose}>{t("cancel")}</Button>
        <Button type="submit" look="primary" disabled={keep.isPending}>{t("keep")}</Button>
      </div>
    </form>
  );
}

export function KeepDialog({ expression, onClose }: KeepDialogProps) {
  const { t } = useTranslation("workbench");
  return (
    <Dialog title={t("keepTitle")} open={expression !== null} onClose={onClose}>
      {expression === null ? null : <KeepForm expression={expression} onClose={onClose} />}
    </Dialog>
  );
}
