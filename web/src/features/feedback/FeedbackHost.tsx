/** The feedback dialog, mounted once. Closing it keeps what was written; only sending empties it. */

import { useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { closeFeedback, useFeedbackAsked } from "@/lib/feedback";
import { remembered } from "@/lib/storage";
import { Dialog } from "@/ui/Dialog";
import { Loading } from "@/ui/states";

import type { FeedbackDraft } from "./FeedbackForm";

const Form = lazy(() => import("./FeedbackForm").then((module) => ({ default: module.FeedbackForm })));
const KEY = "feedback.text";
const RUN = /^\/runs\/([\w-]{1,80})\/?$/;

export function FeedbackHost() {
  const { t } = useTranslation("feedback");
  const asked = useFeedbackAsked();
  const here = useRouterState({ select: (state) => RUN.exec(state.location.pathname)?.[1] ?? null });
  const [draft, setDraft] = useState<FeedbackDraft>(() => ({ text: remembered.text(KEY) ?? "", shot: null }));
  const change = (next: FeedbackDraft) => {
    setDraft(next);
    remembered.setText(KEY, next.text || null);
  };
  const done = (sent: boolean) => {
    if (sent) change({ text: "", shot: null });
    closeFeedback();
  };
  return (
    <Dialog title={t("title")} open={asked !== null} onClose={() => done(false)} width={600}>
      <Suspense fallback={<Loading height={320} />}>
        <Form taskId={asked?.taskId ?? here} draft={draft} setDraft={change} onSent={() => done(true)} onCancel={() => done(false)} />
      </Suspense>
    </Dialog>
  );
}
