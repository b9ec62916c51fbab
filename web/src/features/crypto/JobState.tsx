/** A job that is not done, and the head of one that is: the sentence, what is doubtful about it, its figures. */

import { useTranslation } from "react-i18next";

import { useJobBars, useJobDetails } from "@/api/crypto";
import type { CryptoJob, JobDetails } from "@/api/cryptoTypes";
import { useReady } from "@/api/queries";
import { valueOf } from "@/lib/exact";
import { direction, integer, MISSING, number, percent, share, signed } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { MarkIcon } from "@/ui/controls";
import { Tiles, type TileItem } from "@/ui/Figures";
import { MarketMark } from "@/ui/MarketMark";
import { Moment } from "@/ui/Moment";
import { ErrorNote, Strip } from "@/ui/states";

import css from "./Crypto.module.css";
import { Bar } from "./JobsCard";
import { doubtsOf, isGrave, sentenceOf } from "./verdict";

/** Below this a tile has room for cents; the sentence above it always shows them. */
const WITH_CENTS = 1_000_000;

function Failure({ job }: { job: CryptoJob }) {
  const { t, i18n } = useTranslation("simulation");
  const details = useJobDetails(job.id, true);
  const said = details.data?.error;
  const words = said ? pick({ zh: said.message, en: said.message_en }, i18n.language) : (job.error?.message ?? "");
  return (
    <ErrorNote title={t(`failed_${job.error?.code ?? "INTERNAL_ERROR"}`, { defaultValue: t("failed_INTERNAL_ERROR") })} small={<code>{job.error?.code}</code>}>
      <p lang={said ? undefined : "en"} data-user-text="">{words}</p>
      <p>{t("failedNext")}</p>
    </ErrorNote>
  );
}

export function JobState({ job }: { job: CryptoJob }) {
  const { t } = useTranslation("simulation");
  if (job.status === "failed") return <Failure job={job} />;
  if (job.status === "cancelled") return <Strip calm><Moment stamp={job.finished_at?.replace("Z", "")} /> {t("cancelledText", { pct: Math.floor(job.progress * 100) })}</Strip>;
  return <Unfinished job={job} />;
}

function Unfinished({ job }: { job: CryptoJob }) {
  const { t } = useTranslation("simulation");
  const idle = useReady().data?.checks["workers"]?.ok === false;
  const running = job.status === "running";
  const label = running ? t("runningAt", { pct: Math.floor(job.progress * 100) }) : t("queuedText");
  return (
    <section className={css["waiting"]} aria-label={t("state")}>
      <p role="status">{running ? t("runningText") : t(idle ? "queuedIdle" : "queuedText")}</p>
      <div className={css["progress"]}>
        <Bar share={job.progress} label={label} />
        <span>{running ? `${Math.floor(job.progress * 100)}%` : t("status_queued")}</span>
      </div>
    </section>
  );
}

/** What the symbol itself did from the first open to the last close of the window; of a job with one symbol only. */
function Held({ job }: { job: CryptoJob }) {
  const { t } = useTranslation("simulation");
  const { config } = job;
  const symbol = config.symbols[0] ?? "";
  const bars = useJobBars(job.id, { symbol, from: Date.parse(config.start), to: Date.parse(config.end) }).data;
  const [open, close] = [bars?.open[0], bars?.close[bars.close.length - 1]];
  if (config.symbols.length !== 1 || !open || close === undefined || bars?.pinned === false) return null;
  return <p className={css["held"]}>{t("held", { symbol, value: percent(close / open - 1, 2) })}</p>;
}

export function Verdict({ job, details }: { job: CryptoJob; details: JobDetails | undefined }) {
  const { t, i18n } = useTranslation("simulation");
  const said = sentenceOf(job);
  const metrics = job.result?.metrics;
  const curve = job.result?.equity_curve ?? [];
  const last = curve[curve.length - 1]?.[1];
  const [begun, ended] = [valueOf(job.config.capital), valueOf(last)];
  const total = begun !== null && ended !== null && begun > 0 ? ended / begun - 1 : null;
  const funding = details?.totals?.funding;
  const paid = funding !== undefined && /[1-9]/.test(funding);
  const traded = (metrics?.total_trades ?? 0) > 0;
  const tiles: TileItem[] = metrics
    ? [
        { label: t("ended"), value: number(ended, (ended ?? 0) < WITH_CENTS ? 2 : 0), note: percent(total, 2), tone: direction(total) },
        { label: t("m_max_drawdown"), metric: "bt_max_drawdown", value: share(valueOf(metrics.max_drawdown), 2), note: t("worst") },
        { label: t("m_sharpe"), metric: "bt_sharpe", value: number(valueOf(metrics.sharpe)), note: details?.sharpe_365 ? t("over365", { value: number(valueOf(details.sharpe_365)) }) : t("over252") },
        { label: t("m_win_rate"), metric: "bt_win_rate", value: traded ? share(valueOf(metrics.win_rate)) : MISSING, note: t("profitFactorNote", { value: number(valueOf(metrics.profit_factor)) }) },
        { label: t("m_total_trades"), metric: "bt_total_trades", value: integer(metrics.total_trades), note: traded ? t("expectedNote", { value: signed(valueOf(metrics.expected_value)) }) : "" },
        { label: t("fees"), meaning: t("feesMeaning"), value: number(valueOf(details?.totals?.fees)), note: paid ? t("fundingNote", { value: number(valueOf(funding)) }) : t("fundingNone") },
      ]
    : [];
  return (
    <>
      {details?.expired_at ? <Strip calm>{t("expired")}</Strip> : null}
      <section className={css["verdict"]} aria-label={t("verdict")}>
        {said ? <p className={css["sentence"]} data-testid="verdict">{t(said.key, said.values)}</p> : null}
        <Held job={job} />
        <ul className={css["doubts"]}>
          {(details?.warnings ?? []).map((warning) => <li key={warning.en}><MarkIcon mark={isGrave(warning, details) ? "fail" : "doubt"} size={14} /> {pick(warning, i18n.language)}</li>)}
          {doubtsOf(job, details).map(({ key, values }) => (
            <li key={key}><MarkIcon mark={key === "doubt_liquidated" ? "fail" : "doubt"} size={14} /> {t(key, values)}</li>
          ))}
        </ul>
        <MarketMark of={{ market: details?.market, data_snapshot: details?.snapshot, synthetic: details?.synthetic }} />
      </section>
      <div className={css["tiles"]}><Tiles items={tiles} /></div>
    </>
  );
}
