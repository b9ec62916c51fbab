/** The factors page: shelves to choose from, and the ways to the research page and the editor. */

import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useDropFactor, useKeepFactor } from "@/api/library";
import { KeepDialog } from "@/features/editor/KeepDialog";
import { FieldDetail, OperatorDetail } from "@/features/editor/OperatorDetail";
import { Shelves } from "@/features/factors/Shelves";
import { handover } from "@/lib/handover";
import { useHeading } from "@/lib/title";
import { toast } from "@/lib/toast";
import { Button } from "@/ui/controls";

import css from "./FactorsPage.module.css";

const UNDO_MS = 8000;
const LONG = 40;

export default function FactorsPage() {
  const { t } = useTranslation(["factors", "shelves"]);
  const navigate = useNavigate();
  const drop = useDropFactor();
  const keep = useKeepFactor();
  const [keeping, setKeeping] = useState<string | null>(null);
  useHeading({ title: t("title") });

  const run = (expression: string) => {
    handover.give(expression, true);
    void navigate({ to: "/" } as never);
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
        onDrop={(factor) =>
          drop.mutate(factor.id, {
            onSuccess: () => {
              const back = () => keep.mutate({ name: factor.name, expression: factor.expression ?? factor.native ?? "", note: factor.zh });
              toast("success", t("shelves:dropped", { name: factor.name.length > LONG ? `${factor.name.slice(0, LONG)}…` : factor.name }), { action: { label: t("shelves:undo"), run: back }, stays: UNDO_MS });
            },
            onError: (reason) => toast("error", reason.message),
          })
        }
      />
      <KeepDialog expression={keeping} onClose={() => setKeeping(null)} />
    </>
  );
}
