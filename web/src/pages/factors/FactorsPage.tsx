/** The factors page: shelves to choose from, and the ways to the research page and the editor. */

import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import type { ShelvedFactor } from "@/api/libraries";
import { useDropFactor } from "@/api/library";
import { KeepDialog } from "@/features/editor/KeepDialog";
import { FieldDetail, OperatorDetail } from "@/features/editor/OperatorDetail";
import { Shelves } from "@/features/factors/Shelves";
import { deletions, UNDO_MS } from "@/features/sessions/deletions";
import { handover } from "@/lib/handover";
import { useRefusalText } from "@/lib/refusal";
import { useHeading } from "@/lib/title";
import { toast } from "@/lib/toast";
import { Button } from "@/ui/controls";

import css from "./FactorsPage.module.css";

const LONG = 40;
const shortened = (name: string) => (name.length > LONG ? `${name.slice(0, LONG)}…` : name);

export default function FactorsPage() {
  const { t } = useTranslation(["factors", "shelves"]);
  const navigate = useNavigate();
  const drop = useDropFactor();
  const refusalText = useRefusalText();
  const leaving = deletions.useAll();
  const [keeping, setKeeping] = useState<string | null>(null);
  useHeading({ title: t("title") });

  const run = (expression: string) => {
    handover.give(expression, true);
    void navigate({ to: "/" } as never);
  };
  // Gone from sight at once and from the server after the time for an undo: what comes back is the same factor, not a copy.
  const remove = (factor: ShelvedFactor) => {
    const name = shortened(factor.name);
    const close = toast("success", t("shelves:dropped", { name }), { action: { label: t("shelves:undo"), run: () => deletions.undo(factor.id) }, stays: UNDO_MS });
    deletions.begin(factor.id, () =>
      drop
        .mutateAsync(factor.id)
        .catch((reason: unknown) => {
          if (!(reason instanceof ApiError && reason.status === 404)) toast("error", t("shelves:dropFailed", { name, reason: refusalText(reason).title }));
        })
        .then(close),
    );
  };
  const edit = (expression: string) => void navigate({ to: "/editor", search: { expr: expression } } as never);
  const ways = (expression: string) => (
    <div className={css["ways"]}>
      <Button onClick={() => edit(expression)}>{t("openExample")}</Button>
    </div>
  );
  return (
    <>
      <Shelves
        operatorDetail={(operator) => <><OperatorDetail operator={operator} />{ways(operator.example)}</>}
        fieldDetail={(field) => <FieldDetail field={field} />}
        onRun={run}
        onEdit={edit}
        onKeep={setKeeping}
        onDrop={remove}
        hidden={leaving}
      />
      <KeepDialog expression={keeping} onClose={() => setKeeping(null)} />
    </>
  );
}
