/** 重跑核对: the same run again, and whether it comes to the same bytes. */

import { useMemo, useState } from "react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useFollow, useMarket, useSubmit, useTask } from "@/api/queries";
import { isTerminal, type Task } from "@/api/types";
import { repeatOf } from "@/features/composer/draft";
import { tabMemory } from "@/lib/storage";
import { Card } from "@/ui/Card";
import { Button, MarkIcon } from "@/ui/controls";
import { ErrorNote, Skeleton } from "@/ui/states";

import css from "@/pages/run.module.css";

/** What two runs of one factor on one snapshot must have in common. */
const HASHES = ["result_hash", "factor_hash", "daily_hash", "data_snapshot", "seed", "engine"] as const;

export function Recheck({ task }: { task: Task }) {
  const { t } = useTranslation("run");
  const market = useMarket();
  const submit = useSubmit();
  const place = `recheck.${task.task_id}`;
  const [id, setId] = useState<string | undefined>(() => tabMemory.json<string>(place) ?? undefined);
  const [key] = useState(() => `${task.task_id}-check-${Date.now()}`);
  const query = useTask(id);
  const again = query.data;
  useFollow(id, again !== undefined && !isTerminal(again.status));
  const mine = task.result?.manifest;
  const theirs = again?.result?.manifest;
  const rows = useMemo(() => (mine && theirs ? HASHES.map((name) => ({ name, mine: String(mine[name] ?? ""), same: mine[name] === theirs[name] })) : []), [mine, theirs]);
  const start = () => {
    if (!market.data || submit.isPending) return;
    submit.mutate(
      { ask: repeatOf(task, market.data), key },
      {
        onSuccess: ({ task_id }) => {
          tabMemory.setJson(place, task_id);
          setId(task_id);
        },
      },
    );
  };
  const failed = submit.error?.message ?? (again?.status === "failed" ? (again.error ?? t("checkFailed")) : null);
  const same = rows.length > 0 && rows.every((row) => row.same);
  return (
    <Card title={t("check")} caption={t("checkCaption")} tools={id && again?.status !== "failed" ? null : <Button small onClick={start} disabled={!market.data || submit.isPending}>{t("checkStart")}</Button>}>
      {failed ? <ErrorNote title={failed} /> : null}
      {id && !failed && rows.length === 0 ? <div role="status"><p>{t("checkRuns")}</p><Skeleton height={48} /></div> : null}
      {rows.length > 0 ? (
        <>
          <p className={css["checked"]} role="status" data-testid="recheck"><MarkIcon mark={same ? "pass" : "fail"} /> {same ? t("checkSame") : t("checkDiffers")} <Link to="/runs/$id" params={{ id: id ?? "" }}>{t("checkOpen")}</Link></p>
          <ul className={css["checks"]}>
            {rows.map((row) => (
              <li key={row.name}><MarkIcon mark={row.same ? "pass" : "fail"} size={13} /> <span>{t(`check_${row.name}`)}</span> <code>{row.mine.slice(0, 16)}</code></li>
            ))}
          </ul>
        </>
      ) : null}
      {!id && !failed ? <p className="muted">{t("checkHint")}</p> : null}
    </Card>
  );
}
