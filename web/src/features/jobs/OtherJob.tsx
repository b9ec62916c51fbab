/** A job that is no task: the test of a library, a correlation. It takes a place like any other and can be ended. */

import { useTranslation } from "react-i18next";

import { useEndJob, type UnfinishedJob } from "@/api/unfinished";
import { useRefusalText } from "@/lib/refusal";
import { toast } from "@/lib/toast";
import { TextButton } from "@/ui/controls";

import css from "./Jobs.module.css";
import { Track } from "./Track";

const KINDS: Record<string, string> = { "library.test": "other_library", "compare.values": "other_values", "factor.test": "kind_test", "factor.iterate": "kind_iteration" };

export function OtherJob({ job }: { job: UnfinishedJob }) {
  const { t } = useTranslation("job");
  const end = useEndJob();
  const refusal = useRefusalText();
  const waiting = job.state === "queued";
  const state = waiting ? t("waiting") : t("percentDone", { pct: Math.round(job.pct) });
  const stop = () => end.mutate(job.id, { onError: (reason) => toast("error", t("notStopped", { reason: refusal(reason).title })) });
  return (
    <div className={css["line"]} data-job={job.id}>
      <div className={css["lineHead"]}>
        <span className={css["ask"]}>
          {t(KINDS[job.operation] ?? "other")} <bdi data-user-text>{job.library ?? job.prompt ?? job.expression}</bdi>
        </span>
        <TextButton disabled={end.isPending} onClick={stop}>{t("stop")}</TextButton>
      </div>
      <p className={css["lineState"]}>{state}</p>
      {waiting ? null : <Track percent={job.pct} label={state} />}
    </div>
  );
}
