/** What is wrong, in the reader's words; everything that goes with it is listed and can be left out. */

import { useId, useState, type ClipboardEvent, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { useMe } from "@/api/auth";
import { ApiError } from "@/api/client";
import { useSendFeedback } from "@/api/feedback";
import { focusHere } from "@/lib/focus";
import { useOnce } from "@/lib/once";
import { useRefusalText } from "@/lib/refusal";
import { toast } from "@/lib/toast";
import { Button } from "@/ui/controls";

import css from "./feedback.module.css";
import { encoded, pictureIn } from "./picture";
import { Screenshot, type Shot } from "./Screenshot";

const MOST = 2000;
const MOST_NOTE = 500;

export interface FeedbackDraft {
  readonly text: string;
  readonly shot: Shot | null;
}

interface FeedbackFormProps {
  readonly taskId: string | null;
  readonly draft: FeedbackDraft;
  readonly setDraft: (draft: FeedbackDraft) => void;
  readonly onSent: () => void;
  readonly onCancel: () => void;
}

type Extra = "page" | "task" | "browser";

export function FeedbackForm({ taskId, draft, setDraft, onSent, onCancel }: FeedbackFormProps) {
  const { t } = useTranslation("feedback");
  const id = useId();
  const me = useMe();
  const send = useSendFeedback();
  const refusalText = useRefusalText();
  const once = useOnce();
  const [left, setLeft] = useState<readonly Extra[]>([]);
  const [fault, setFault] = useState<string | null>(null);
  const [pictureFault, setPictureFault] = useState<string | null>(null);
  const extras: Record<Extra, string | null> = { page: window.location.href.slice(0, MOST_NOTE), task: taskId, browser: navigator.userAgent.slice(0, MOST_NOTE) };
  const used = [...draft.text.trim()].length;
  const sends = (name: Extra) => (left.includes(name) ? null : extras[name]);

  const take = (file: File) => {
    setPictureFault(null);
    createImageBitmap(file).then(
      (picture) => setDraft({ ...draft, shot: { picture, masks: [] } }),
      () => setPictureFault(t("notPicture")),
    );
  };
  const paste = (event: ClipboardEvent) => {
    const file = pictureIn(event.clipboardData);
    if (!file) return;
    event.preventDefault();
    take(file);
  };
  const reasonOf = (reason: unknown): string => {
    if (reason instanceof ApiError && reason.status === 404) return t("taskGone");
    return t("unsent", { reason: refusalText(reason).title });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (used === 0 || used > MOST || send.isPending) return;
    const screenshot = draft.shot ? encoded(draft.shot.picture, draft.shot.masks, getComputedStyle(document.documentElement).getPropertyValue("--ink").trim()) : null;
    if (draft.shot && screenshot === null) {
      setPictureFault(t("tooBig"));
      return;
    }
    setFault(null);
    // A promise, because the dialog may be closed while this is on its way.
    once((done) =>
      void send
        .mutateAsync({ description: draft.text.trim(), screenshot, task_id: sends("task"), page_url: sends("page"), user_agent: sends("browser") })
        .then(
          (number) => {
            toast("success", t("sent", { id: number.slice(0, 8) }));
            onSent();
          },
          (reason: unknown) => setFault(reasonOf(reason)),
        )
        .finally(done),
    );
  };

  return (
    <form className={css["form"]} onSubmit={submit} onPaste={paste}>
      <p className={css["hint"]}>{t("lead")}</p>
      <label htmlFor={id} className={css["label"]}>{t("text")}</label>
      <textarea id={id} className={css["text"]} data-testid="feedback-text" rows={4} placeholder={t("textPlaceholder")} value={draft.text} aria-invalid={used > MOST} aria-describedby={`${id}-count`} onChange={(event) => setDraft({ ...draft, text: event.target.value })} ref={focusHere} />
      <p id={`${id}-count`} className={used > MOST ? css["fault"] : css["hint"]}>{used > MOST ? t("tooLong", { most: MOST, over: used - MOST }) : t("count", { used, most: MOST })}</p>
      <Screenshot shot={draft.shot} fault={pictureFault} onTake={take} onChange={(shot) => setDraft({ ...draft, shot })} />
      <fieldset className={css["also"]}>
        <legend>{t("also")}</legend>
        <p><span>{t("account")}</span><bdi>{me.data?.is_local ? t("localAccount") : (me.data?.email ?? "")}</bdi><span className={css["hint"]}>{t("accountNote")}</span></p>
        {(["page", "task", "browser"] as const).map((name) =>
          extras[name] === null ? null : (
            <label key={name}>
              <input type="checkbox" checked={!left.includes(name)} onChange={(event) => setLeft(event.target.checked ? left.filter((one) => one !== name) : [...left, name])} />
              <span>{t(name)}</span>
              <bdi>{extras[name]}</bdi>
            </label>
          ),
        )}
      </fieldset>
      {fault ? <p className={css["fault"]} role="alert">{fault}</p> : null}
      <div className={css["row"]}>
        <Button look="primary" type="submit" data-testid="feedback-send" disabled={used === 0 || used > MOST || send.isPending}>{t(send.isPending ? "sending" : "send")}</Button>
        <Button look="ghost" onClick={onCancel}>{t("cancel")}</Button>
      </div>
    </form>
  );
}
