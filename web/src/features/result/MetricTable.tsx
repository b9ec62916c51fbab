/** Every metric of the strategy beside that of the benchmark. */

import { useTranslation } from "react-i18next";

import { type RunResult } from "@/api/types";
import * as format from "@/lib/format";
import { Card } from "@/ui/Card";
import { Metric } from "@/ui/Metric";

import css from "./Result.module.css";

interface MetricRow {
  readonly key: string;
  readonly value: string;
  readonly bench?: string;
  readonly tone?: "up" | "down" | undefined;
}

export function MetricTable({ result, benchmark }: { result: RunResult; benchmark: string }) {
  const { t } = useTranslation(["result", "words"]);
  const { metrics: m, backtest_summary: summary } = result;
  const number = (key: string) => (typeof summary[key] === "number" ? (summary[key] as number) : null);
  const excess = m["excess_return"] ?? null;
  const sections: { name: string; rows: MetricRow[] }[] = [
    {
      name: t("sectionReturn"),
      rows: [
        { key: "total_return", value: format.percent(m["total_return"]), bench: format.percent(m["benchmark_total_return"]), tone: format.direction(m["total_return"]) },
        { key: "cagr", value: format.percent(m["cagr"]), bench: format.percent(m["benchmark_cagr"]), tone: format.direction(m["cagr"]) },
        { key: "excess_return", value: format.percent(excess), tone: format.direction(excess) },
        { key: "information_ratio", value: format.number(m["information_ratio"]) },
      ],
    },
    {
      name: t("sectionRisk"),
      rows: [
        { key: "sharpe", value: format.number(m["sharpe"]), bench: format.number(m["benchmark_sharpe"]) },
        { key: "sortino", value: format.number(m["sortino"]), bench: m["benchmark_sortino"] === undefined ? "" : format.number(m["benchmark_sortino"]) },
        { key: "max_drawdown", value: format.share(m["max_drawdown"]), bench: format.share(m["benchmark_max_drawdown"]) },
        { key: "volatility", value: format.share(m["volatility"]), bench: format.share(m["benchmark_volatility"]) },
        { key: "calmar", value: format.number(m["calmar"]) },
        { key: "var_95", value: format.percent(m["var_95"], 2) },
      ],
    },
    {
      name: t("sectionTrade"),
      rows: [
        { key: "win_rate", value: format.share(m["win_rate"]) },
        { key: "profit_factor", value: format.number(m["profit_factor"]) },
        { key: "turnover", value: format.share(number("turnover")) },
        { key: "annual_cost_drag", value: format.share(number("annual_cost_drag")) },
      ],
    },
  ];
  const rows = sections.flatMap((section) => section.rows.filter((row) => m[row.key] !== undefined || ["turnover", "annual_cost_drag"].includes(row.key)));
  const twin = {
    columns: [{ key: "metric", label: t("metric") }, { key: "strategy", label: t("words:strategy"), numeric: true }, { key: "benchmark", label: benchmark, numeric: true }],
    rows: rows.map((row) => ({ metric: t(`words:${row.key}`), strategy: row.value, benchmark: row.bench ?? "" })),
  };
  return (
    <Card id="metrics" title={t("metrics")} table={twin} isTable flush>
      <table className={css["metrics"]} aria-label={t("metrics")}>
        <thead>
          <tr>
            <td />
            <th scope="col" className="num" style={{ textAlign: "right" }}>{t("words:strategy")}</th>
            <th scope="col" className="num" style={{ textAlign: "right" }}>{t("words:benchmark")}</th>
          </tr>
        </thead>
        <tbody>
          {sections.map((section) => [
            <tr key={section.name} className={css["section"]}>
              <th scope="rowgroup" colSpan={3}>{section.name}</th>
            </tr>,
            ...section.rows
              .filter((row) => rows.includes(row))
              .map((row) => (
                <tr key={row.key}>
                  <th scope="row"><Metric name={row.key}>{t(`words:${row.key}`)}</Metric></th>
                  <td style={row.tone ? { color: `var(--${row.tone})` } : undefined} data-metric={row.key}>{row.value}</td>
                  <td>{row.bench ?? ""}</td>
                </tr>
              )),
          ])}
        </tbody>
      </table>
    </Card>
  );
}
