/** The reader's crypto backtests, from whichever door they came. */

import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useCryptoJobs, useTemplates } from "@/api/crypto";
import { isOver, type CryptoJob, type CryptoTemplate, type JobStatus } from "@/api/cryptoTypes";
import { valueOf } from "@/lib/exact";
import { integer, number, percent, share } from "@/lib/format";
import { Card } from "@/ui/Card";
import { Button, MarkIcon, Segmented, type Mark } from "@/ui/controls";
import controls from "@/ui/controls.module.css";
import { DataTable, type Column, type Row } from "@/ui/DataTable";
import { Moment } from "@/ui/Moment";
import { DataView, Empty } from "@/ui/states";

import css from "./Crypto.module.css";
import { spanText } from "./span";

const MARKS: Partial<Record<JobStatus, Mark>> = { done: "pass", failed: "fail", cancelled: "doubt" };
const FILTERS = ["all", "running", "done", "failed", "cancelled"] as const;
type Filter = (typeof FILTERS)[number];

/** A template by its id or alias, in the reader's language. */
export function nameOf(templates: readonly CryptoTemplate[] | undefined, id: string, language: string): string {
  const found = templates?.find((one) => one.id === id || one.aliases.includes(id));
  return (language.startsWith("en") ? found?.title_en : found?.title) ?? id;
}

export function Bar({ share: part, label }: { share: number; label: string }) {
  return (
    <span className={css["track"]} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(part * 100)}>
      <i style={{ width: `${part * 100}%` }} />
    </span>
  );
}

function Status({ job }: { job: CryptoJob }) {
  const { t } = useTranslation("simulation");
  const mark = MARKS[job.status];
  const text = job.status === "running" ? t("runningAt", { pct: Math.floor(job.progress * 100) }) : t(`status_${job.status}`);
  return (
    <span className={css["status"]} title={job.error ? `${job.error.code} ${job.error.message}` : undefined}>
      {mark ? <MarkIcon mark={mark} size={14} /> : null}
      {text}
      {job.status === "running" ? <Bar share={job.progress} label={text} /> : null}
    </span>
  );
}

function Table({ jobs }: { jobs: readonly CryptoJob[] }) {
  const { t, i18n } = useTranslation("simulation");
  const templates = useTemplates();
  const byId = useMemo(() => new Map(jobs.map((job) => [job.id, job])), [jobs]);
  const of = (row: Row) => byId.get(String(row["id"]));
  const figure = (of_: (job: CryptoJob) => number | null | undefined) => (job: CryptoJob) => of_(job) ?? null;
  const sharpe = figure((job) => valueOf(job.result?.metrics.sharpe));
  const columns: readonly Column[] = [
    {
      key: "id",
      label: t("job"),
      show: (_, row) => {
        const job = of(row);
        return job ? (
          <span className={css["cell"]}>
            <Link to="/crypto/$id" params={{ id: job.id }} className={controls["link"] ?? ""}>{nameOf(templates.data, job.config.template_id, i18n.language)} · {job.config.symbols.join(", ")} · {job.config.timeframe}</Link>
            <small>{spanText(job.config)}</small>
          </span>
        ) : null;
      },
    },
    { key: "status", label: t("state"), show: (_, row) => { const job = of(row); return job ? <Status job={job} /> : null; } },
    { key: "cagr", label: t("m_cagr"), numeric: true, show: (value) => percent(value as number | null) },
    { key: "fall", label: t("m_max_drawdown"), numeric: true, show: (value) => share(value as number | null) },
    { key: "sharpe", label: t("m_sharpe"), numeric: true, show: (value) => number(value as number | null) },
    { key: "trades", label: t("m_total_trades"), numeric: true, show: (value) => integer(value as number | null) },
    { key: "submitted", label: t("submitted"), show: (value) => <Moment stamp={String(value).replace("Z", "")} /> },
  ];
  const rows = jobs.map((job) => ({ id: job.id, status: job.status, cagr: valueOf(job.result?.metrics.cagr), fall: valueOf(job.result?.metrics.max_drawdown), sharpe: sharpe(job), trades: job.result?.metrics.total_trades ?? null, submitted: job.submitted_at }));
  return <DataTable label={t("jobs")} columns={columns} rows={rows} phoneColumns={2} />;
}

export function JobsCard() {
  const { t } = useTranslation("simulation");
  const [filter, setFilter] = useState<Filter>("all");
  const query = useCryptoJobs(filter === "all" ? undefined : filter);
  const jobs = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data]);
  const unfinished = jobs.filter((job) => !isOver(job.status)).length;
  return (
    <Card title={t("jobs")} caption={unfinished > 0 ? t("unfinished", { count: unfinished }) : ""} tools={<Segmented label={t("filter")} value={filter} onChange={setFilter} options={FILTERS.map((value) => ({ value, label: t(`filter_${value}`) }))} />} flush>
      <DataView of={query} height={160} isEmpty={() => jobs.length === 0} empty={<Empty title={t(filter === "all" ? "noJobs" : "noJobsHere")} height={140}>{filter === "all" ? t("noJobsText") : null}</Empty>}>
        {() => <Table jobs={jobs} />}
      </DataView>
      {query.hasNextPage ? <p className={css["more"]}><Button small disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t("older")}</Button></p> : null}
    </Card>
  );
}
