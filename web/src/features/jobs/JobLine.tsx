/** One job in the list under the chip: what, how far, and what can be done about it. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { repeatable } from "@/api/repeat";
import { isTerminal, type Task } from "@/api/types";
import { clockTime, score } from "@/lib/format";
import { Grade, MarkIcon, TextButton } from "@/ui/controls";

import { askOf, isIteration, isWaiting, percentOf, placeOf, wasStopped } from "./job";
import css from "./Jobs.module.css";
import { Track } from "./Track";
import { useJobActions } from "./useJobActions";
import { useStateWords } from "./useStateWords";

export function JobLine({ task, onOpen }: { task: Task; onOpen: () => void }) {
  const { t } = useTranslation("job");
  const words = useStateWords();
  const { again, stop, ready, stopping } = useJobActions();
  const running = !isTerminal(task.status);
  const failed = task.status === "failed";
  return (
    <div className={css["line"]} data-job={task.task_id}>
      <div className={css["lineHead"]}>
        {failed ? <MarkIcon mark={wasStopped(task) ? "doubt" : "fail"} size={14} /> : null}
        <Link className={css["ask"]} {...placeOf(task)} onClick={onOpen} data-user-text>
          {isIteration(task) ? t("iteration", { of: askOf(task) || t("ofRun") }) : askOf(task)}
        </Link>
        {task.result && !isIteration(task) ? <span className={css["score"]}>{score(task.result.score)}</span> : null}
        {task.result && !isIteration(task) ? <Grade letter={task.result.grade} size={22} /> : null}
        {running ? <TextButton disabled={stopping === task.task_id} onClick={() => stop(task)}>{t("stop")}</TextButton> : null}
        {failed && repeatable(task) ? <TextButton disabled={!ready} onClick={() => again(task)}>{t("again")}</TextButton> : null}
      </div>
      <p className={css["lineState"]}>
        {words(task)}
        {running ? null : <span className="muted"> · {clockTime(task.finished_at ?? task.updated_at)}</span>}
      </p>
      {running && !isWaiting(task) ? <Track percent={percentOf(task)} label={words(task)} /> : null}
    </div>
  );
}
