/** What was asked for, exactly as the server took it, and what it was run with. */

import { useTranslation } from "react-i18next";

import type { CryptoJob, JobDetails } from "@/api/cryptoTypes";
import { secondsBetween, wholeSeconds } from "@/lib/moment";
import { Card } from "@/ui/Card";
import { CopyButton } from "@/ui/CopyButton";
import { Moment } from "@/ui/Moment";

import css from "./Crypto.module.css";

export function ConfigCard({ job, details }: { job: CryptoJob; details: JobDetails | undefined }) {
  const { t } = useTranslation("simulation");
  const text = JSON.stringify(job.config, null, 2);
  const lasted = secondsBetween(job.started_at, job.finished_at);
  const facts = [
    [t("jobId"), job.id],
    [t("submitted"), <Moment key="submitted" stamp={job.submitted_at.replace("Z", "")} />],
    ...(job.finished_at && job.started_at ? [[t("lasted"), lasted === 0 ? t("underSecond") : wholeSeconds(lasted)] as const] : []),
    ...(details?.engine_version ? [[t("engine"), details.engine_version] as const] : []),
    ...(details?.data_revision ? [[t("revision"), <code key="revision">{details.data_revision.slice(0, 16)}</code>] as const] : []),
  ] as const;
  return (
    <Card title={t("config")} caption={t("configCaption")} tools={<CopyButton text={text} label={t("copyConfig")} />}>
      <div className={css["config"]}>
        <pre tabIndex={0} aria-label={t("config")}><code>{text}</code></pre>
        <dl>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Card>
  );
}
