/** 数据与清单: what the numbers rest on, and what it takes to get them again. */

import { useCallback, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { column, labels, STAGES, type RunResult, type SeriesTable, type Task } from "@/api/types";
import { useReportLink } from "@/api/reports";
import { download } from "@/lib/csv";
import * as format from "@/lib/format";
import { pick } from "@/lib/i18n";
import { toast } from "@/lib/toast";
import { Card } from "@/ui/Card";
import { dayLines } from "@/ui/chart/dayLines";
import { Button, LinkButton, MarkIcon } from "@/ui/controls";
import { DownloadIcon, ReportIcon } from "@/ui/icons";
import { Metric } from "@/ui/Metric";
import { Empty } from "@/ui/states";
import type { Tokens } from "@/ui/tokens";

import { ChartCard } from "./ChartCard";
import facts from "./Facts.module.css";
import css from "./Result.module.css";

type Fact = readonly [label: string, value: ReactNode];

function Facts({ items }: { items: readonly Fact[] }) {
  return (
    <dl className={facts["facts"]}>
      {items.flatMap(([label, value]) => [<dt key={`${label}-t`}>{label}</dt>, <dd key={`${label}-d`}>{value}</dd>])}
    </dl>
  );
}

function ReportLink({ url }: { url: string }) {
  const { t } = useTranslation("result");
  const link = useReportLink(url, { download: false, onFault: (reason) => toast("error", reason instanceof Error ? reason.message : String(reason)) });
  return <LinkButton small look="ghost" href={link.href} onClick={link.onClick} onAuxClick={link.onAuxClick} target="_blank" rel="noopener"><ReportIcon size={14} /> {t("report")}</LinkButton>;
}

function plain(value: unknown): string {
  if (value === null || value === undefined || value === "") return format.MISSING;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function missingCount(value: RunResult["params"]["universe_meta"]): number | null {
  const missing = value?.missing;
  return typeof missing === "number" ? missing : Array.isArray(missing) ? missing.length : null;
}

export function Provenance({ task, id, result, universe, benchmark, recheck }: { task: Task; id: string; recheck: ReactNode; result: RunResult; universe: string; benchmark: string }) {
  const { t, i18n } = useTranslation(["result", "words", "stages", "metrics"]);
  const { params } = result;
  const universeMeta = params.universe_meta;
  const missing = missingCount(universeMeta);
  const costs = params.cost_model;
  const costName = typeof costs === "string" ? t(`words:costs_${costs}`, { defaultValue: costs }) : plain((costs as { name?: unknown } | undefined)?.name ?? costs);
  const order = (stage: string) => (STAGES as readonly string[]).indexOf(stage) + (stage === "total" ? 99 : 0);
  const timings = Object.entries(task.timings ?? {})
    .filter(([, value]) => typeof value === "number")
    .sort(([a], [b]) => order(a) - order(b));
  const manifest = Object.entries(result.manifest ?? {});
  const coverage = useCallback(
    (data: SeriesTable, tokens: Tokens) =>
      dayLines(tokens, {
        days: labels(data),
        language: i18n.language,
        format: format.integer,
        zero: 0,
        lines: [
          { name: t("withValue"), values: column(data, "with_value"), color: tokens.accent, width: 1.75 },
          { name: t("members"), values: column(data, "members"), color: tokens.bench, dashed: true, width: 1.25 },
          { name: t("canTrade"), values: column(data, "tradable"), color: tokens.g2, width: 1 },
        ],
      }),
    [i18n.language, t],
  );
  const saveJson = () => download(`quantgpt_${task.task_id}.json`, JSON.stringify(task, null, 2), "application/json");
  return (
    <div className={css["grid"]}>
      <div className={css["half"]}>
        <Card title={t("universe")} caption={universeMeta?.is_pit ? t("words:pit") : t("words:not_pit")}>
          <Facts
            items={[
              [t("universeName"), universe],
              [t("pointInTime"), universeMeta?.is_pit ? t("yesPit") : t("noPit")],
              [t("membersEver"), format.integer(universeMeta?.members_ever)],
              [t("loaded"), format.integer(universeMeta?.loaded)],
              [t("missing"), missing === null ? format.MISSING : format.integer(missing)],
              [t("unknownSt"), format.share(universeMeta?.share_unknown_st, 2)],
              [t("industryPit"), universeMeta?.industry_pit === undefined ? format.MISSING : universeMeta.industry_pit ? t("yesPit") : t("industrySnapshot")],
              [t("benchmarkName"), t("priceIndex", { name: benchmark })],
              [t("market"), `${params.market ?? format.MISSING}${params.synthetic ? ` · ${t("synthetic")}` : ""}`],
              [t("snapshot"), <code key="snapshot">{plain(params.data_snapshot)}</code>],
              [t("asked"), format.span(params.start_date, params.end_date)],
              [t("effective"), format.span(params.effective_start, params.effective_end)],
            ]}
          />
        </Card>
      </div>
      <div className={css["half"]}>
        <Card title={t("execution")}>
          <Facts
            items={[
              [t("fill"), t(`words:${params.execution ?? "next_open"}`, { defaultValue: plain(params.execution) })],
              [t("costModel"), costName],
              [t("directionFact"), `${(params.direction ?? 1) < 0 ? "−" : "+"} · ${t(`words:source_${plain(params.direction_source)}`, { defaultValue: plain(params.direction_source) })}`],
              [t("groupsAndHolding"), t("words:groups_holding", { groups: params.n_groups, holding: params.holding_period })],
              [t("riskFree"), format.share(params.risk_free)],
              [t("periods"), plain(params.periods_per_year)],
              [t("rubric"), plain(params.rubric_version)],
              [t("neutral"), params["neutralize_industry"] === true ? t("yes") : t("no")],
            ]}
          />
        </Card>
      </div>
      <div className={css["half"]}>
        <Card title={t("warnings")} caption={t("warningsCaption")}>
          {(result.warnings ?? []).length === 0 ? (
            <Empty title={t("noWarnings")} height={90} />
          ) : (
            <ul className={facts["list"]}>
              {(result.warnings ?? []).map((warning) => (
                <li key={warning.code}>
                  <MarkIcon mark="doubt" />
                  <span>
                    {pick(warning, i18n.language)}
                    {warning.metrics && warning.metrics.length > 0 ? <span className="muted"> {t("touches", { metrics: warning.metrics.map((name) => t(`touched_${name}`, { defaultValue: t(`metrics:${name}.name`, { defaultValue: name }) })).join(t("listJoin")) })}</span> : null}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Card>
      </div>
      <div className={css["half"]}>
        <Card title={t("timings")}>
          {timings.length === 0 ? (
            <Empty title={t("noTimings")} height={90} />
          ) : (
            <Facts items={timings.map(([stage, value]): Fact => [(STAGES as readonly string[]).includes(stage) ? t(`stages:${stage}`) : stage === "total" ? t("total") : stage, format.seconds(value)])} />
          )}
        </Card>
      </div>
      <div className={css["full"]}>
        <ChartCard task={id} series="coverage" title={t("coverage")} heading={<Metric name="coverage">{t("coverage")}</Metric>} legend={[{ label: t("withValue"), color: "var(--accent)" }, { label: t("members"), color: "var(--bench)", look: "dashed" }, { label: t("canTrade"), color: "var(--g2)" }]} caption={t("coverageCaption")} height={210} indexLabel={t("date")} columns={[{ key: "members", label: t("members"), show: format.integer }, { key: "with_value", label: t("withValue"), show: format.integer }, { key: "tradable", label: t("canTrade"), show: format.integer }]} option={coverage} />
      </div>
      {recheck ? <div className={css["full"]}>{recheck}</div> : null}
      <div className={css["full"]}>
        <Card
          title={t("manifest")}
          caption={t("manifestCaption")}
          tools={
            <>
              <Button small look="ghost" onClick={saveJson}><DownloadIcon size={14} /> JSON</Button>
              {result.report_url ? <ReportLink url={result.report_url} /> : null}
            </>
          }
        >
          <Facts items={[[t("taskId"), <code key="id">{task.task_id}</code>], ...manifest.map(([key, value]): Fact => [key, <code key={key}>{plain(value)}</code>])]} />
        </Card>
      </div>
    </div>
  );
}
