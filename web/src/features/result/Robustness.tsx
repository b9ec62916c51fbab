/** 稳健性: four tests against what chance does, forward windows, rebalancing phases, market regimes. */

import { useTranslation } from "react-i18next";

import { column, labels, type RunResult } from "@/api/types";
import * as format from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Card, type Twin } from "@/ui/Card";
import { Metric } from "@/ui/Metric";
import { DotRows } from "@/ui/Plots";
import { Empty } from "@/ui/states";

import { SeriesCard } from "./ChartCard";
import css from "./Result.module.css";
import { FourTests } from "./FourTests";
import { LedgerCard, LuckCard } from "./Luck";
import { SealedCard } from "./SealedSlice";

const written = (value: unknown) => format.ic(typeof value === "number" ? value : null);

function Forward({ result }: { result: RunResult }) {
  const { t } = useTranslation(["result", "words"]);
  const rolling = result.rolling_validation;
  const windows = rolling?.windows ?? [];
  const summary = rolling?.summary ?? {};
  const ic = (key: string) => (typeof summary[key] === "number" ? format.ic(summary[key] as number, 3) : format.MISSING);
  const sameSign = summary["same_sign_share"];
  const twin: Twin = {
    columns: [
      { key: "test", label: t("testPeriod") },
      { key: "train", label: t("train"), numeric: true, show: written },
      { key: "valid", label: t("valid"), numeric: true, show: written },
      { key: "tested", label: t("testIc"), numeric: true, show: written },
    ],
    rows: windows.map((one) => ({ test: one.test_period, train: one.train_ic, valid: one.valid_ic, tested: one.test_ic })),
  };
  return (
    <Card id="rolling" title={t("forward")} heading={<Metric name="walk_forward">{t("forward")}</Metric>} caption={windows.length > 0 ? t("forwardCaption", { count: windows.length }) : undefined} table={windows.length > 0 ? twin : undefined}>
      {windows.length === 0 ? (
        <Empty title={t("noWindows")} height={180}>{rolling ? t("noWindowsShort") : t("noWindowsSkipped")}</Empty>
      ) : (
        <DotRows
          label={t("forward")}
          rows={windows.map((one) => ({ key: String(one.window_index), label: one.test_period.replaceAll("-", ".").replace(/ ?~ ?/, "→").replace(/\.\d\d(?=→|$)/g, ""), hint: t("windowHint", { train: one.train_period, valid: one.valid_period, test: one.test_period }), value: one.test_ic, ring: one.train_ic, diamond: one.valid_ic }))}
          format={(value) => format.ic(value, 3)}
          axis={(value, digits) => format.number(value, digits)}
          foot={
            <div className={css["keys"]}>
              <span>○ {t("train")}</span>
              <span>◇ {t("valid")}</span>
              <span style={{ color: "var(--accent)" }}>● {t("testIc")}</span>
              <span>{t("forwardSummary", { mean: ic("mean_test_ic"), share: typeof sameSign === "number" ? format.share(sameSign, 0) : format.MISSING })}</span>
            </div>
          }
        />
      )}
    </Card>
  );
}

function Phases({ task, result, benchmark }: { task: string; result: RunResult; benchmark: string }) {
  const { t } = useTranslation(["result", "words"]);
  const bench = result.metrics["benchmark_cagr"];
  // Mean and range over the phases as the run computed them.
  const stats = (result.phases as { annual_return?: { mean?: number | null; range?: number | null; min?: number | null; max?: number | null } } | null | undefined)?.annual_return;
  return (
    <SeriesCard
      task={task}
      series="phases"
      title={t("phases")}
      heading={<Metric name="phases">{t("phases")}</Metric>}
      caption={t("phasesCaption")}
      height={190}
      indexLabel={t("phase")}
      columns={[{ key: "annual_return", label: t("annualReturn"), show: (v) => format.percent(v) }, { key: "sharpe", label: t("words:sharpe"), show: (v) => format.number(v) }, { key: "max_drawdown", label: t("words:max_drawdown"), show: (v) => format.share(v) }]}
    >
      {(data) => {
        const values = column(data, "annual_return");
        if (values.every((value) => value === null)) return <Empty title={t("noSeries")} height={190} />;
        const [low, high] = [stats?.min ?? null, stats?.max ?? null];
        const range = stats?.range ?? (low === null || high === null ? null : high - low);
        const many = values.length > 12;
        const shown = many ? labels(data).map((_, i) => i).filter((i) => i === 0 || values[i] === low || values[i] === high || i % Math.ceil(values.length / 8) === 0) : labels(data).map((_, i) => i);
        return (
          <DotRows
            label={t("phases")}
            zero={false}
            rows={shown.map((i) => ({ key: String(i), label: t("phaseRow", { day: labels(data)[i] ?? i + 1 }), value: values[i] ?? null, hollow: i !== 0 }))}
            format={(value) => format.percent(value)}
            axis={(value, digits) => format.share(value, Math.max(0, digits - 2))}
            band={low === null || high === null ? undefined : { low, high }}
            marks={[
              ...(typeof bench === "number" ? [{ value: bench, label: t("phaseBench", { name: benchmark, value: format.percent(bench) }), dashed: true }] : []),
              ...(typeof stats?.mean === "number" ? [{ value: stats.mean, label: t("phaseMean", { count: values.length, value: format.percent(stats.mean) }) }] : []),
            ]}
            foot={range === null ? t("phaseFirst") : t("phaseFoot", { range: format.number(range * 100, 1) })}
          />
        );
      }}
    </SeriesCard>
  );
}

function Regimes({ task, result }: { task: string; result: RunResult }) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const described = (result as unknown as { regimes?: readonly { name: string; zh: string; en: string; definition_zh?: string; definition_en?: string }[] }).regimes ?? [];
  const about = (name: string) => described.find((one) => one.name === name);
  return (
    <SeriesCard
      task={task}
      series="regimes"
      title={t("regimes")}
      caption={t("regimesCaption")}
      height={190}
      indexLabel={t("regime")}
      columns={[{ key: "rank_ic", label: "Rank IC", show: (v) => format.ic(v) }, { key: "ci_low", label: t("ciLow"), show: (v) => format.ic(v) }, { key: "ci_high", label: t("ciHigh"), show: (v) => format.ic(v) }, { key: "null_low", label: t("nullLow"), show: (v) => format.ic(v) }, { key: "null_high", label: t("nullHigh"), show: (v) => format.ic(v) }, { key: "days", label: t("days"), show: format.integer }]}
    >
      {(data) => {
        const at = (key: string) => column(data, key);
        return (
          <DotRows
            label={t("regimes")}
            rows={labels(data).map((name, i) => {
              const one = about(name);
              const definition = one ? pick({ zh: one.definition_zh ?? null, en: one.definition_en ?? null }, i18n.language) : "";
              return {
                key: name,
                label: one ? pick(one, i18n.language) : t(`regime_${name}`, { defaultValue: name }),
                hint: [definition, t("dayCount", { value: format.integer(at("days")[i]) })].filter(Boolean).join(" · "),
                value: at("rank_ic")[i] ?? null,
                low: at("ci_low")[i] ?? null,
                high: at("ci_high")[i] ?? null,
                bandLow: at("null_low")[i] ?? null,
                bandHigh: at("null_high")[i] ?? null,
              };
            })}
            format={(value) => format.ic(value, 3)}
            axis={(value, digits) => format.number(value, digits)}
          />
        );
      }}
    </SeriesCard>
  );
}

export function Robustness({ task, result, benchmark }: { task: string; result: RunResult; benchmark: string }) {
  return (
    <div className={css["grid"]}>
      <div className={css["full"]}>
        <FourTests task={task} result={result} />
      </div>
      <SealedCard task={task} />
      <div className={css["seven"]}>
        <LuckCard result={result} />
      </div>
      <div className={css["five"]}>
        <LedgerCard id={task} result={result} />
      </div>
      <div className={css["third"]}>
        <Forward result={result} />
      </div>
      <div className={css["third"]}>
        <Phases task={task} result={result} benchmark={benchmark} />
      </div>
      <div className={css["third"]}>
        <Regimes task={task} result={result} />
      </div>
    </div>
  );
}
