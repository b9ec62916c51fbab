/** 重跑核对: the same run again, and whether it comes to the same bytes. */

import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useFollow, useSubmit, useTask } from "@/api/queries";
import { isTerminal, type RunResult, type Task } from "@/api/types";
import { integer } from "@/lib/format";
import { tabMemory } from "@/lib/storage";
import css from "@/pages/run.module.css";
import { Card } from "@/ui/Card";
import { Button, MarkIcon } from "@/ui/controls";
import { ErrorNote, Skeleton } from "@/ui/states";

import { compared, sameAgain } from "./again";

export function Recheck({ task, result }: { task: Task; result: RunResult }) {
  const { t } = useTranslation("run");
  const submit = useSubmit();
  const place = `recheck.${task.task_id}`;
  const [id, setId] = useState<string | undefined>(() => tabMemory.json<string>(place) ?? undefined);
  const [key] = useState(() => `${task.task_id}-check-${Date.now()}`);
  const again = useTask(id).data;
  useFollow(id, again !== undefined && !isTerminal(again.status));
  const found = useMemo(() => compared(result.manifest, again?.result?.manifest), [result, again]);
  const [before, after] = [result.params["trials"], again?.result?.params["trials"]];
  const start = () => {
    if (submit.isPending) return;
    submit.mutate(
      { ask: sameAgain(task, result), key },
      {
        onSuccess: ({ task_id }) => {
          tabMemory.setJson(place, task_id);
          setId(task_id);
        },
      },
    );
  };
  const failed = submit.error?.message ?? (again?.status === "failed" ? (again.error ?? t("checkFailed")) : null);
  const same = found?.prints.every((row) => row.same) ?? false;
  return (
    <Card title={t("check")} caption={t("checkCaption")} tools={id && again?.status !== "failed" ? null : <Button small onClick={start} disabled={submit.isPending}>{t("checkStart")}</Button>}>
      {failed ? <ErrorNote title={failed} /> : null}
      {id && !failed && !found ? <div role="status"><p>{t("checkRuns")}</p><Skeleton height={48} /></div> : null}
      {found ? (
        <>
          <p className={css["checked"]} role="status" data-testid="recheck"><MarkIcon mark={same ? "pass" : "fail"} /> {same ? t("checkSame") : t("checkDiffers")} <Link to="/runs/$id" params={{ id: id ?? "" }}>{t("checkOpen")}</Link></p>
          <ul className={css["checks"]}>
            {found.prints.map((row) => (
              <li key={row.name}><MarkIcon mark={row.same ? "pass" : "fail"} size={13} /> <span>{t(`check_${row.name}`)}</span> <code>{row.value.slice(0, 16)}</code></li>
            ))}
            <li>
              <MarkIcon mark={found.result.same ? "pass" : same ? "doubt" : "fail"} size={13} />
              <span>{t("check_result_hash")}</span>
              {same && !found.result.same ? <span className="muted">{before !== after ? t("checkTrials", { before: integer(Number(before)), after: integer(Number(after)) }) : t("checkCorrections")}</span> : <code>{found.result.value.slice(0, 16)}</code>}
            </li>
          </ul>
        </>
      ) : null}
      {!id && !failed ? <p className="muted">{t("checkHint")}</p> : null}
    </Card>
  );
}
