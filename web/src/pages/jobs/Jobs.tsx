/** The list of jobs with its filter and pages in the address, and one of them in a side sheet. */

import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { JOB_FILTERS, JOBS_PER_PAGE, useJobPage, type JobFilter } from "@/api/jobs";
import { useMarket } from "@/api/queries";
import { repeatable } from "@/api/repeat";
import type { Task } from "@/api/types";
import { besides, useUnfinished } from "@/api/unfinished";
import { draftFrom } from "@/features/composer/draft";
import { isIteration } from "@/features/jobs/job";
import { JobSheet } from "@/features/jobs/JobSheet";
import { JobTable } from "@/features/jobs/JobTable";
import { OtherJob } from "@/features/jobs/OtherJob";
import { useJobActions } from "@/features/jobs/useJobActions";
import { FailedJob } from "@/features/runs/FailedJob";
import { integer } from "@/lib/format";
import { handover } from "@/lib/handover";
import { useHeading } from "@/lib/title";
import { Button, buttonClass, Segmented } from "@/ui/controls";
import { DataView, Empty } from "@/ui/states";

import css from "./Jobs.module.css";

function useAddress() {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const filter = JOB_FILTERS.find((name) => name === search["show"]) ?? "all";
  const page = Math.max(1, Math.floor(Number(search["page"]) || 1));
  const job = typeof search["job"] === "string" ? search["job"] : undefined;
  const set = (part: Record<string, unknown>) => void navigate({ to: ".", search: (old: Record<string, unknown>) => ({ ...old, ...part }), replace: true, resetScroll: false } as never);
  return { filter, page, job, set };
}

/** What is going on now, in one sentence. */
function useSummary(total: number | undefined): string {
  const { t } = useTranslation("jobs");
  const { jobs = [], total: count = 0 } = useUnfinished().data ?? {};
  const waiting = jobs.filter((job) => job.state === "queued").length;
  const now = count === 0 ? t("idle") : [t("running", { count: count - waiting }), waiting > 0 ? t("waiting", { count: waiting }) : ""].filter(Boolean).join(t("comma"));
  return total === undefined ? now : t("summary", { now, total: integer(total) });
}

function Pager({ page, total, onPage }: { page: number; total: number; onPage: (page: number) => void }) {
  const { t } = useTranslation("jobs");
  const last = Math.max(1, Math.ceil(total / JOBS_PER_PAGE));
  if (last === 1) return null;
  return (
    <nav className={css["pager"]} aria-label={t("pages")}>
      <Button small disabled={page <= 1} onClick={() => onPage(page - 1)}>{t("newer")}</Button>
      <span>{t("pageOf", { page: integer(page), last: integer(last) })}</span>
      <Button small disabled={page >= last} onClick={() => onPage(page + 1)}>{t("older")}</Button>
    </nav>
  );
}

export function Jobs() {
  const { t } = useTranslation("jobs");
  const { filter, page, job, set } = useAddress();
  const navigate = useNavigate();
  const market = useMarket();
  const query = useJobPage(filter, page);
  const { again, ready } = useJobActions();
  const others = besides(useUnfinished().data?.jobs ?? [], query.data?.tasks ?? []);
  const summary = useSummary(filter === "all" ? query.data?.total : undefined);
  useHeading({ title: t("title") });
  const edit = (task: Task) => {
    draftFrom(task, market.data?.market ?? null);
    void navigate({ to: "/" });
  };
  const say = (text: string) => {
    handover.give(text, false);
    void navigate({ to: "/" });
  };
  return (
    <div className={css["page"]}>
      <div className={css["head"]}>
        <h2>{summary}</h2>
        <Segmented label={t("filter")} value={filter} options={JOB_FILTERS.map((value) => ({ value, label: t(`show_${value}`) }))} onChange={(show: JobFilter) => set({ show: show === "all" ? undefined : show, page: undefined })} />
      </div>
      {page === 1 && others.length > 0 ? (
        <section className={css["card"]} aria-label={t("others")}>
          {others.map((one) => <OtherJob key={one.id} job={one} />)}
        </section>
      ) : null}
      <section className={css["card"]} aria-label={t("title")}>
        <DataView
          of={query}
          height={320}
          isEmpty={(data) => data.tasks.length === 0}
          empty={
            <Empty title={t(filter === "all" && page === 1 ? "none" : "noneHere")} height={240} action={filter === "all" && page === 1 ? <Link to="/" className={buttonClass("default", false)}>{t("start")}</Link> : <Button onClick={() => set({ show: undefined, page: undefined })}>{t("showAll")}</Button>}>
              {t(filter === "all" && page === 1 ? "noneText" : "noneHereText")}
            </Empty>
          }
        >
          {(data) => <JobTable tasks={data.tasks} chosen={job} onChoose={(id) => set({ job: id })} />}
        </DataView>
      </section>
      {query.data ? <Pager page={page} total={query.data.total} onPage={(next) => set({ page: next === 1 ? undefined : next })} /> : null}
      <JobSheet id={job} onClose={() => set({ job: undefined })} onEdit={edit} failed={(task) => <FailedJob task={task} busy={!ready} onRetry={repeatable(task) ? again : undefined} onEdit={isIteration(task) ? undefined : edit} onWords={say} />} />
    </div>
  );
}
