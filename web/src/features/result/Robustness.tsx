/** 稳健性: four tests against what chance does, forward windows, rebalancing phases, market regimes. */

import { useTranslation } from "react-i18next";

import { useManySeries } from "@/api/queries";
import { column, labels, type RunResult, type SeriesTable, type SignificanceTest } from "@/api/types";
import * as format from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Card, type Twin } from "@/ui/Card";
import { MarkIcon, Tag } from "@/ui/controls";
import { CheckIcon, CrossIcon } from "@/ui/icons";
import { DotRows, NullHistogram } from "@/ui/Plots";
import { DataView, Empty } from "@/ui/states";

import { SeriesCard } from "./ChartCard";
import css from "./Result.module.css";
import { meta } from "./twin";

type Translate = (key: string, values?: Record<string, unknown>) => string;

const CODES: Record<string, string> = { IC稳定性: "ic_stability", 子样本压力: "subsample", 安慰剂检验: "placebo", 半衰期估计: "half_life" };
const codeOf = (test: SignificanceTest) => test.code ?? CODES[test.name] ?? test.name;

/** How the figure of a test is written. */
function figure(code: string, value: number | null | undefined, t: Translate): string {
  if (typeof value !== "number") return format.MISSING;
  if (code === "ic_stability") return format.number(value);
  if (code === "subsample") return format.number(value);
  if (code === "placebo") return format.ic(value, 3);
  return t("lagDays", { lag: format.number(value, 1) });
}

function tick(code: string, value: number, t: Translate): string {
  if (code === "placebo") return format.number(value, 2);
  if (code === "subsample") return format.number(value, 1);
  return code === "half_life" ? t("lagDays", { lag: format.number(value, 0) }) : format.number(value, 0);
}

/** The inequality that decides, with its numbers. */
function rule(test: SignificanceTest, code: string, observed: number | null, threshold: number | null, t: Translate): string {
  if (code === "placebo") {
    const p = test.p ?? null;
    return t("rule_placebo", { clause: format.pClause(p), sign: p !== null && p <= 0.05 ? "≤" : ">" });
  }
  if (observed === null || threshold === null) return format.MISSING;
  const sign = observed >= threshold ? "≥" : "<";
  return t(`rule_${code}`, { observed: figure(code, observed, t), threshold: figure(code, threshold, t), sign, clause: format.pClause(test.p) });
}

function TestPanel({ test, of }: { test: SignificanceTest; of: { data: SeriesTable | undefined; error: Error | null; refetch: () => unknown } }) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const code = codeOf(test);
  const details = test.details;
  const failure = typeof details["error"] === "string" ? details["error"] : null;
  const reason = (i18n.language.startsWith("en") ? details["reason_en"] : details["reason_zh"]) ?? details["reason"];
  return (
    <div className={css["test"]} data-test={code}>
      <div className={css["testHead"]}>
        <h4>{t(`test_${code}`, { defaultValue: test.name })}</h4>
        {failure ? (
          <Tag mark="doubt">{t("notTested")}</Tag>
        ) : (
          <Tag mark={test.passed ? "pass" : "fail"}>
            {test.passed ? <CheckIcon size={12} /> : <CrossIcon size={12} />} {test.passed ? t("passed") : t("failed")}
          </Tag>
        )}
      </div>
      <p className="muted">{t(`question_${code}`, { defaultValue: "" })}</p>
      {failure ? (
        <Empty title={format.MISSING} height={154}>{failure}</Empty>
      ) : (
        <DataView of={of} height={154} isEmpty={(data) => data.index.length === 0} empty={<Empty title={format.MISSING} height={154}>{typeof reason === "string" ? reason : t("noNull")}</Empty>}>
          {(data) => {
            const observed = meta(data, "observed") ?? test.observed ?? null;
            const threshold = meta(data, "threshold") ?? test.threshold ?? null;
            return (
              <NullHistogram
                label={`${t(`test_${code}`, { defaultValue: test.name })}: ${rule(test, code, observed, threshold, t)}`}
                left={data.index.map(Number)}
                counts={column(data, "count").map((count) => count ?? 0)}
                binWidth={meta(data, "bin_width") ?? 1}
                observed={observed}
                threshold={threshold}
                tail={data.meta["tail"] === "both" ? "both" : "right"}
                passed={test.passed}
                bootstrap={data.meta["bootstrap"] === true}
                observedText={t(`observed_${code}`, { value: figure(code, observed, t), defaultValue: "{{value}}" })}
                thresholdText={data.meta["tail"] === "both" ? `±${figure(code, threshold === null ? null : Math.abs(threshold), t)}` : t("threshold", { value: figure(code, threshold, t) })}
                tick={(value) => tick(code, value, t)}
              />
            );
          }}
        </DataView>
      )}
      {failure ? null : <p className={css["rule"]}>{rule(test, code, (of.data && meta(of.data, "observed")) ?? test.observed ?? null, (of.data && meta(of.data, "threshold")) ?? test.threshold ?? null, t)}</p>}
      <ul className={css["conditions"]}>
        {(test.conditions ?? []).map((condition) => (
          <li key={condition.code}>
            {condition.passed === null ? <span aria-hidden="true">·</span> : <MarkIcon mark={condition.passed ? "pass" : "fail"} size={13} />}
            <span>{pick(condition, i18n.language)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Tests({ task, result }: { task: string; result: RunResult }) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const tests = result.anti_overfit?.tests ?? [];
  const queries = useManySeries(task, tests.map((test) => test.series ?? `null_${codeOf(test)}`));
  const twin: Twin = {
    columns: [
      { key: "test", label: t("test") },
      { key: "verdict", label: t("verdict") },
      { key: "observed", label: t("observed"), numeric: true },
      { key: "threshold", label: t("thresholdColumn"), numeric: true },
      { key: "p", label: "p", numeric: true },
      { key: "conditions", label: t("conditions"), wrap: true },
    ],
    rows: tests.map((test) => ({
      test: t(`test_${codeOf(test)}`, { defaultValue: test.name }),
      verdict: typeof test.details["error"] === "string" ? t("notTested") : test.passed ? t("passed") : t("failed"),
      observed: figure(codeOf(test), test.observed, t),
      threshold: figure(codeOf(test), test.threshold, t),
      p: format.pValue(test.p),
      conditions: (test.conditions ?? []).map((condition) => `${condition.passed ? "✓" : "✕"} ${pick(condition, i18n.language)}`).join("; "),
    })),
  };
  const permutations = result.params["permutations"];
  return (
    <Card id="tests" title={t("tests")} caption={t("testsCaption", { count: typeof permutations === "number" ? permutations : 999 })} table={tests.length > 0 ? twin : undefined} flush>
      {tests.length === 0 ? (
        <Empty title={t("noTests")} height={200}>{t("noTestsWhy")}</Empty>
      ) : (
        <div className={css["tests"]}>
          {tests.map((test, i) => (
            <TestPanel key={test.name} test={test} of={queries[i] ?? { data: undefined, error: null, refetch: () => undefined }} />
          ))}
        </div>
      )}
    </Card>
  );
}

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
      { key: "train", label: t("train"), numeric: true },
      { key: "valid", label: t("valid"), numeric: true },
      { key: "tested", label: t("testIc"), numeric: true },
    ],
    rows: windows.map((one) => ({ test: one.test_period, train: format.ic(one.train_ic), valid: format.ic(one.valid_ic), tested: format.ic(one.test_ic) })),
  };
  return (
    <Card id="rolling" title={t("forward")} caption={t("forwardCaption", { count: windows.length })} table={windows.length > 0 ? twin : undefined}>
      {windows.length === 0 ? (
        <Empty title={t("noWindows")} height={180}>{typeof summary.error === "string" ? summary.error : undefined}</Empty>
      ) : (
        <DotRows
          label={t("forward")}
          rows={windows.map((one) => ({ key: String(one.window_index), label: one.test_period.replaceAll("-", ".").replace(/ ?~ ?/, "→").replace(/\.\d\d(?=→|$)/g, ""), hint: one.test_period, value: one.test_ic, ring: one.train_ic, diamond: one.valid_ic }))}
          format={(value) => format.ic(value, 3)}
          axis={(value) => format.number(value, 2)}
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
  return (
    <SeriesCard
      task={task}
      series="phases"
      title={t("phases")}
      caption={t("phasesCaption")}
      height={190}
      indexLabel={t("phase")}
      columns={[{ key: "annual_return", label: t("annualReturn"), show: (v) => format.percent(v) }, { key: "sharpe", label: t("words:sharpe"), show: (v) => format.number(v) }, { key: "max_drawdown", label: t("words:max_drawdown"), show: (v) => format.share(v) }]}
    >
      {(data) => {
        const values = column(data, "annual_return");
        const known = values.filter((value): value is number => value !== null);
        if (known.length === 0) return <Empty title={t("noSeries")} height={190} />;
        const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
        const [low, high] = [Math.min(...known), Math.max(...known)];
        const many = values.length > 12;
        const shown = many ? labels(data).map((_, i) => i).filter((i) => i === 0 || values[i] === low || values[i] === high || i % Math.ceil(values.length / 8) === 0) : labels(data).map((_, i) => i);
        return (
          <DotRows
            label={t("phases")}
            zero={false}
            rows={shown.map((i) => ({ key: String(i), label: t("phaseRow", { day: labels(data)[i] ?? i + 1 }), value: values[i] ?? null, hollow: i !== 0 }))}
            format={(value) => format.percent(value)}
            axis={(value) => format.share(value, 0)}
            band={{ low, high }}
            marks={[
              { value: mean, label: t("phaseMean", { value: format.percent(mean) }) },
            ]}
            foot={`${t("phaseFoot", { range: format.number((high - low) * 100, 1) })}${typeof bench === "number" ? ` ${t("phaseBench", { value: `${benchmark} ${format.percent(bench)}` })}` : ""}`}
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
            axis={(value) => format.number(value, 2)}
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
        <Tests task={task} result={result} />
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
