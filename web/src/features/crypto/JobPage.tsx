/** One crypto backtest: where it is, what came of it, how it traded. */

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import { useCancelCrypto, useCryptoJob, useCryptoMarket, useJobDetails, useSubmitCrypto, useTemplates } from "@/api/crypto";
import { isOver, type CryptoJob, type CryptoMarket, type CryptoTemplate, type JobTrade } from "@/api/cryptoTypes";
import { newKey } from "@/lib/key";
import { useOnce } from "@/lib/once";
import { useRefusalText } from "@/lib/refusal";
import { useHeading } from "@/lib/title";
import { toast } from "@/lib/toast";
import { ProvenanceProvider } from "@/ui/Card";
import { LinkContext } from "@/ui/chart/link";
import { momentName } from "@/ui/chart/parts";
import { useChartLink } from "@/ui/chart/useChartLink";
import { Button, buttonClass } from "@/ui/controls";
import { Boundary } from "@/ui/Boundary";
import { DataView, Empty } from "@/ui/states";

import { ConfigCard } from "./ConfigCard";
import { CopyAs } from "./CopyAs";
import css from "./Crypto.module.css";
import { draftOf, firstDraft, keepDraft, keptDraft, LENGTH_MS } from "./draft";
import { EquityCard } from "./EquityCard";
import { nameOf } from "./JobsCard";
import { JobState, Verdict } from "./JobState";
import { MetricsCard } from "./MetricsCard";
import { PriceCard } from "./PriceCard";
import { askOf } from "./snippets";
import { spanText } from "./span";
import { TradesCard } from "./TradesCard";

/** Bars beside a trade that is looked at. */
const ROOM_BARS = 60;

/** Put a job's configuration back into the form. */
function useEdit(job: CryptoJob, market: CryptoMarket | undefined, templates: readonly CryptoTemplate[] | undefined): (() => void) | undefined {
  const navigate = useNavigate();
  const template = templates?.find((one) => one.id === job.config.template_id || one.aliases.includes(job.config.template_id));
  if (!market || !template) return undefined;
  return () => {
    keepDraft(draftOf({ ...job.config, template_id: template.id }, keptDraft(firstDraft(market, template))));
    void navigate({ to: "/crypto" });
  };
}

function Actions({ job }: { job: CryptoJob }) {
  const { t } = useTranslation("simulation");
  const navigate = useNavigate();
  const said = useRefusalText();
  const once = useOnce();
  const submit = useSubmitCrypto();
  const cancel = useCancelCrypto();
  const edit = useEdit(job, useCryptoMarket().data, useTemplates().data);
  const fail = (reason: unknown) => toast("error", said(reason).title);
  const again = () =>
    once((done) =>
      submit.mutate({ ask: askOf(job.config), key: newKey() }, { onSuccess: ({ id }) => void navigate({ to: "/crypto/$id", params: { id } } as never), onError: fail, onSettled: done }),
    );
  return (
    <div className={css["actions"]}>
      {isOver(job.status) ? <Button small disabled={submit.isPending} onClick={again}>{t("again")}</Button> : <Button small disabled={cancel.isPending} onClick={() => cancel.mutate(job.id, { onError: fail })} data-testid="cancel-crypto">{t("cancel")}</Button>}
      {edit ? <Button small onClick={edit}>{t("edit")}</Button> : null}
      <CopyAs config={job.config} />
    </div>
  );
}

/** A range with some room around a trade, on the axis of the charts. */
function rangeOf(job: CryptoJob, trade: JobTrade): { readonly from: string; readonly to: string } {
  const [entry, exit] = [Date.parse(trade.entry_time), Date.parse(trade.exit_time)];
  const room = Math.max((exit - entry) * 0.6, ROOM_BARS * LENGTH_MS[job.config.timeframe]);
  return { from: momentName(Math.max(Date.parse(job.config.start), entry - room)), to: momentName(Math.min(Date.parse(job.config.end), exit + room)) };
}

function Done({ job }: { job: CryptoJob }) {
  const details = useJobDetails(job.id, true);
  const link = useChartLink();
  const [symbol, setSymbol] = useState(job.config.symbols[0] ?? "");
  const [chosen, setChosen] = useState<JobTrade | null>(null);
  const known = details.data;
  const provenance = useMemo(
    () => ({
      lines: [`${job.id} · ${known?.market ?? ""}@${known?.snapshot ?? ""} · ${known?.engine_version ?? ""} · ${known?.data_revision ?? ""}`, JSON.stringify(job.config)],
      span: spanText(job.config),
      foot: `${job.id} · ${known?.market ?? ""}@${(known?.snapshot ?? "").slice(0, 6)}`,
      fileStem: `quantgpt_${job.id}`,
      synthetic: known?.synthetic ?? false,
    }),
    [job, known],
  );
  const choose = (trade: JobTrade) => {
    setChosen(trade);
    setSymbol(trade.symbol);
    link.setRange(rangeOf(job, trade));
    document.querySelector("[data-chart=price]")?.scrollIntoView({ block: "nearest" });
  };
  return (
    <ProvenanceProvider value={provenance}>
      <LinkContext.Provider value={link}>
        <Verdict job={job} details={known} />
        <Boundary><PriceCard job={job} details={known} symbol={symbol} onSymbol={setSymbol} chosen={chosen} link={link} /></Boundary>
        <div className={css["halves"]}>
          <Boundary><EquityCard job={job} /></Boundary>
          <Boundary><MetricsCard job={job} details={known} /></Boundary>
        </div>
        <Boundary><TradesCard job={job} details={known} chosen={chosen} onChoose={choose} /></Boundary>
        <ConfigCard job={job} details={known} />
      </LinkContext.Provider>
    </ProvenanceProvider>
  );
}

export function JobPage() {
  const { t, i18n } = useTranslation(["simulation", "crypto"]);
  const { id } = useParams({ strict: false }) as { id: string };
  const query = useCryptoJob(id);
  const templates = useTemplates();
  const job = query.data;
  const title = job ? `${nameOf(templates.data, job.config.template_id, i18n.language)} · ${job.config.symbols.join(", ")} · ${job.config.timeframe}` : id;
  useHeading({ title, trail: [{ label: t("crypto:nav"), to: "/crypto" }], back: "/crypto", percent: job?.status === "running" ? job.progress * 100 : null });
  const missing = query.error instanceof ApiError && query.error.status === 404;
  return (
    <div className={css["page"]} data-job={id} data-status={job?.status}>
      {missing ? (
        <Empty title={t("noJob")} height={240} action={<Link to="/crypto" className={buttonClass("default", true)}>{t("toJobs")}</Link>}>{t("noJobText")}</Empty>
      ) : (
        <DataView of={query} height={420}>
          {(data) => (
            <>
              <div className={css["head"]}>
                <h2>{spanText(data.config)}</h2>
                <Actions job={data} />
              </div>
              {data.status === "done" ? <Done key={data.id} job={data} /> : (
                <>
                  <JobState job={data} />
                  <ConfigCard job={data} details={undefined} />
                </>
              )}
            </>
          )}
        </DataView>
      )}
    </div>
  );
}
