/** A run under way: what it is doing, how long the finished stages took, stop. */

import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useCancel, type Link } from "@/api/queries";
import { STAGES, type Stage, type Task } from "@/api/types";
import { useElapsed } from "@/lib/elapsed";
import { integer, seconds } from "@/lib/format";
import { secondsBetween } from "@/lib/moment";
import { prepareCharts } from "@/ui/chart/Chart";
import { Button } from "@/ui/controls";
import { StageTrack, type StageItem } from "@/ui/Figures";
import { StopIcon } from "@/ui/icons";
import { Skeleton, Strip } from "@/ui/states";

import css from "./Runs.module.css";

/** A job that nobody has taken for so long deserves a word. */
const PATIENCE_SECONDS = 8;

/** Progress of the whole run, 0…1; it is sent as per cent. */
export function fraction(task: Task): number | null {
  const value = task.progress?.pct;
  return typeof value === "number" ? value / 100 : null;
}

const COUNTED = ["names", "sessions", "groups", "permutations"] as const;

/** "300 names × 909 sessions": what the stage works on, as far as the server has counted it. */
function countsOf(task: Task, t: (key: string, values?: Record<string, unknown>) => string): string {
  const args = task.progress?.args ?? {};
  return COUNTED.flatMap((name) => (typeof args[name] === "number" ? [t(`stages:count_${name}`, { value: integer(args[name]) })] : [])).join(" × ");
}

/** How much of the stage is done, where the server counts: "540/999". Otherwise only that it has begun. */
function counted(task: Task): number {
  const [, done, total] = /(\d+)\s*\/\s*(\d+)/.exec(task.progress?.message ?? "") ?? [];
  return done !== undefined && total !== undefined && Number(total) > 0 ? Math.min(1, Number(done) / Number(total)) : 0;
}

/** The stages as far as they are; how long each took is what the server measured. */
export function stageItems(task: Task, t: (key: string) => string): StageItem[] {
  const at = STAGES.indexOf(task.status as Stage);
  const finished = task.status === "completed";
  return STAGES.map((stage, i) => {
    const measured = task.timings?.[stage];
    const state = finished || i < at ? "done" : i === at ? "now" : "waiting";
    return { label: t(`stages:${stage}`), state, part: state === "now" ? counted(task) : 0, time: state === "done" && typeof measured === "number" && measured > 0 ? seconds(measured) : undefined };
  });
}

export function StagePanel({ task, link }: { task: Task; link: Link }) {
  const { t } = useTranslation(["runs", "stages"]);
  const cancel = useCancel();
  const elapsed = useElapsed(secondsBetween(task.created_at, task.updated_at) ?? 0);
  useEffect(prepareCharts, []);
  const done = fraction(task);
  const remaining = done !== null && done > 0.08 && done < 1 && elapsed > 1.5 ? (elapsed / done) * (1 - done) : null;
  return (
    <section className={css["card"]} aria-label={t("running")} data-testid="stages">
      <div className={css["stageHead"]}>
        <strong aria-live="polite">{t(`stages:doing_${task.status}`)}</strong>
        <span className="muted">
          {[countsOf(task, t), remaining === null ? "" : t("remaining", { time: seconds(remaining) })].filter(Boolean).join(" · ")}
        </span>
        <span className={css["elapsed"]}>{seconds(elapsed)}</span>
        <Button small look="ghost" disabled={cancel.isPending} onClick={() => cancel.mutate(task.task_id)} data-testid="stop">
          <StopIcon size={14} /> {t("stop")}
        </Button>
      </div>
      {link.connected ? null : <div style={{ padding: "0 14px 10px" }}><Strip>{t("streamLost", { seconds: Math.ceil(link.retryInSeconds) })}</Strip></div>}
      {task.status === "pending" && elapsed > PATIENCE_SECONDS ? <div style={{ padding: "0 14px 10px" }}><Strip>{t("stillQueued")}</Strip></div> : null}
      <div className={css["stageBody"]}>
        <StageTrack items={stageItems(task, t)} />
      </div>
      <div className={css["stageSkeleton"]} aria-hidden="true">
        <Skeleton width={56} height={56} />
        <div>
          <Skeleton width="46%" height={18} />
          <Skeleton width="62%" height={12} />
          <Skeleton width="53%" height={12} />
        </div>
      </div>
    </section>
  );
}
