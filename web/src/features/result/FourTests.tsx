/** The four tests, each against what chance does. */

import { useTranslation } from "react-i18next";

import { useManySeries } from "@/api/result";
import { column, type RunResult, type SeriesTable, type SignificanceTest } from "@/api/types";
import * as format from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Card, type Twin } from "@/ui/Card";
import { MarkIcon, Tag } from "@/ui/controls";
import { CheckIcon, CrossIcon } from "@/ui/icons";
import { Metric } from "@/ui/Metric";
import { NullHistogram } from "@/ui/Plots";
import { DataView, Empty } from "@/ui/states";

import css from "./Tests.module.css";
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
function rule(test: SignificanceTest, code: string, observed: number | null, threshold: number | null, t: Translate, why = ""): string {
  if (code === "placebo") {
    const p = test.p ?? null;
    return t("rule_placebo", { clause: format.pClause(p), sign: p !== null && p <= 0.05 ? "≤" : ">" });
  }
  if (observed === null || threshold === null) return why ? `${format.MISSING} ${why}` : format.MISSING;
  const sign = observed >= threshold ? "≥" : "<";
  return t(`rule_${code}`, { observed: figure(code, observed, t), threshold: figure(code, threshold, t), sign, clause: format.pClause(test.p) });
}

/** A bin under the pointer: its range, its count, and in a null distribution the share that is at least as extreme. */
export function binHint(data: SeriesTable, code: string, t: Translate): (bin: number) => string {
  const counts = column(data, "count").map((count) => count ?? 0);
  const width = meta(data, "bin_width") ?? 1;
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const both = data.meta["tail"] === "both";
  const middle = (bin: number) => Number(data.index[bin]) + width / 2;
  return (bin) => {
    const from = Number(data.index[bin]);
    const words = { from: figure(code, from, t), to: figure(code, from + width, t), count: format.integer(counts[bin]), part: format.share((counts[bin] ?? 0) / total) };
    if (data.meta["bootstrap"] === true) return t("binPart", words);
    const beyond = counts.reduce((sum, count, i) => sum + ((both ? Math.abs(middle(i)) >= Math.abs(middle(bin)) - width * 1e-6 : i >= bin) ? count : 0), 0);
    return t(both ? "binBoth" : "binHint", { ...words, beyond: format.share(beyond / total) });
  };
}

function TestPanel({ test, of }: { test: SignificanceTest; of: { data: SeriesTable | undefined; error: Error | null; refetch: () => unknown } }) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const code = codeOf(test);
  const details = test.details;
  const told = i18n.language.startsWith("en") ? (details["error_en"] ?? details["error"]) : details["error"];
  const failure = typeof told === "string" ? told : null;
  const reason = (i18n.language.startsWith("en") ? details["reason_en"] : details["reason_zh"]) ?? details["reason"];
  return (
    <div className={css["test"]} data-test={code}>
      <div className={css["testHead"]}>
        <h4><Metric name={code}>{t(`test_${code}`, { defaultValue: test.name })}</Metric></h4>
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
                hint={binHint(data, code, t)}
              />
            );
          }}
        </DataView>
      )}
      {failure ? null : <p className={css["rule"]}>{rule(test, code, (of.data && meta(of.data, "observed")) ?? test.observed ?? null, (of.data && meta(of.data, "threshold")) ?? test.threshold ?? null, t, typeof reason === "string" ? reason : "")}</p>}
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

export function FourTests({ task, result }: { task: string; result: RunResult }) {
  const { t, i18n } = useTranslation(["result", "words"]);
  const tests = result.anti_overfit?.tests ?? [];
  const queries = useManySeries(task, tests.map((test) => test.series ?? `null_${codeOf(test)}`));
  const twin: Twin = {
    columns: [
      { key: "test", label: t("test") },
      { key: "verdict", label: t("verdict") },
      { key: "observed", label: t("observed"), numeric: true, show: (value, row) => figure(String(row["code"]), value as number | null, t) },
      { key: "threshold", label: t("thresholdColumn"), numeric: true, show: (value, row) => figure(String(row["code"]), value as number | null, t) },
      { key: "p", label: "p", numeric: true, show: (value) => format.pValue(value as number | null) },
      { key: "conditions", label: t("conditions"), wrap: true },
    ],
    rows: tests.map((test) => ({
      test: t(`test_${codeOf(test)}`, { defaultValue: test.name }),
      verdict: typeof test.details["error"] === "string" ? t("notTested") : test.passed ? t("passed") : t("failed"),
      code: codeOf(test),
      observed: test.observed ?? null,
      threshold: test.threshold ?? null,
      p: test.p ?? null,
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
