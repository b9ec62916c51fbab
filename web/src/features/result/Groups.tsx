/** 分组: do higher factor values earn more, in order, after costs. */

import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { useSeries } from "@/api/result";
import { column, labels, type RunResult, type SeriesTable } from "@/api/types";
import * as format from "@/lib/format";
import { Card } from "@/ui/Card";
import { dayLines } from "@/ui/chart/dayLines";
import { Tag } from "@/ui/controls";
import { DataTable, type Column, type Row } from "@/ui/DataTable";
import { Metric } from "@/ui/Metric";
import { DataView } from "@/ui/states";
import { useTokens, type Tokens } from "@/ui/tokens";

import { ChartCard } from "./ChartCard";
import css from "./Result.module.css";
import { meta } from "./twin";
import { useGroupNav, useLongShort, useMonotonicity, useQuantiles, useTurnover } from "./groupCharts";

const percent = (value: number) => format.percent(value);

function GroupTable({ task, result }: { task: string; result: RunResult }) {
  const { t } = useTranslation(["result", "words"]);
  const tokens = useTokens();
  const query = useSeries(task, "group_table");
  const chosen = result.backtest_summary.strategy_group;
  const bench = result.metrics["benchmark_cagr"];
  const number = (show: (value: number) => string) => (value: unknown) => (typeof value === "number" ? show(value) : format.MISSING);
  const toned = (value: unknown) => (typeof value === "number" ? <span className={format.direction(value)}>{format.percent(value)}</span> : format.MISSING);
  const build = (data: SeriesTable): { columns: Column[]; rows: Row[] } => {
    const names = labels(data);
    const colors = tokens.groups(names.length);
    const at = (key: string) => column(data, key);
    const rows: Row[] = names.map((name, i) => ({
      group: name,
      annual: at("annual_return")[i] ?? null,
      excess: typeof bench === "number" && typeof at("annual_return")[i] === "number" ? (at("annual_return")[i] as number) - bench : null,
      sharpe: at("sharpe")[i] ?? null,
      drawdown: at("max_drawdown")[i] ?? null,
      turnover: at("turnover")[i] ?? null,
      cost: at("cost_drag")[i] ?? null,
      names: at("names")[i] ?? null,
    }));
    const read = (key: string) => (typeof result.backtest_summary[key] === "number" ? (result.backtest_summary[key] as number) : null);
    const [low, high] = [names[0] ?? "", names[names.length - 1] ?? ""];
    const [top, bottom] = chosen === low ? [low, high] : [high, low];
    rows.push({ group: `${top} − ${bottom}`, annual: read("long_short_annual_net"), excess: null, sharpe: read("long_short_sharpe_net"), drawdown: null, turnover: null, cost: null, names: null, pair: true });
    const columns: Column[] = [
      {
        key: "group",
        label: t("group"),
        show: (value, row) => (
          <>
            {row["pair"] ? null : <i className={css["swatch"]} style={{ background: colors[names.indexOf(String(value))] }} />}
            {String(value)} {row["pair"] ? <Tag>{t("informational")}</Tag> : null}
            {row["group"] === chosen ? <Tag mark="pass">{t("longTag")}</Tag> : null}
          </>
        ),
      },
      { key: "annual", label: t("groupAnnual"), head: <Metric name="group_annual">{t("groupAnnual")}</Metric>, numeric: true, show: toned },
      { key: "excess", label: t("groupExcess"), head: <Metric name="group_excess">{t("groupExcess")}</Metric>, numeric: true, show: toned },
      { key: "sharpe", label: t("groupSharpe"), head: <Metric name="group_sharpe">{t("groupSharpe")}</Metric>, numeric: true, show: number((v) => format.number(v)) },
      { key: "drawdown", label: t("words:max_drawdown"), head: <Metric name="max_drawdown">{t("words:max_drawdown")}</Metric>, numeric: true, show: number((v) => format.share(v)) },
      { key: "turnover", label: t("turnoverEach"), head: <Metric name="turnover">{t("turnoverEach")}</Metric>, numeric: true, show: number((v) => format.share(v)) },
      { key: "cost", label: t("costTotal"), numeric: true, show: number((v) => format.share(v)) },
      { key: "names", label: t("meanNames"), numeric: true, show: number((v) => format.number(v, 1)) },
    ];
    return { columns, rows };
  };
  const twin = query.data ? build(query.data) : undefined;
  return (
    <Card id="group_table" title={t("groupTable")} caption={t("groupTableCaption", { group: chosen ?? "" })} table={twin} isTable flush>
      <DataView of={query} height={190}>
        {() => (twin ? <DataTable label={t("groupTable")} columns={twin.columns} rows={twin.rows} selected={(row) => row["group"] === chosen} quiet={(row) => row["pair"] === true} phoneColumns={4} /> : null)}
      </DataView>
    </Card>
  );
}

export function Groups({ task, result }: { task: string; result: RunResult }) {
  const { t } = useTranslation(["result", "words"]);
  const groupNav = useGroupNav();
  const monotonicity = useMonotonicity();
  const longShort = useLongShort();
  const turnover = useTurnover(result);
  const quantiles = useQuantiles();
  const table = useSeries(task, "group_table");
  const names = table.data ? labels(table.data) : [];
  const mono = typeof result.backtest_summary["monotonicity_score"] === "number" ? result.backtest_summary["monotonicity_score"] : null;
  const last = names[names.length - 1] ?? "G5";
  return (
    <div className={css["grid"]}>
      <div className={css["wide"]}>
        <ChartCard task={task} series="group_nav" title={t("groupNav")} caption={t("groupNavCaption", { last })} height={290} indexLabel={t("date")} columns={names.map((name) => ({ key: name, label: name, show: format.nav }))} option={groupNav} />
      </div>
      <div className={css["side"]}>
        <ChartCard task={task} series="group_table" title={t("words:monotonicity")} heading={<Metric name="monotonicity">{t("words:monotonicity")}</Metric>} caption={t("monotonicityCaption", { value: format.number(mono) })} height={290} zoom={false} indexLabel={t("group")} columns={[{ key: "annual_return", label: t("groupAnnual"), show: percent }, { key: "ci_low", label: t("ciLow"), show: percent }, { key: "ci_high", label: t("ciHigh"), show: percent }]} option={monotonicity} />
      </div>
      <div className={css["full"]}>
        <GroupTable task={task} result={result} />
      </div>
      <div className={css["half"]}>
        <ChartCard task={task} series="long_short" title={t("longShort")} heading={<Metric name="long_short">{t("longShort")}</Metric>} legend={[{ label: t("words:net"), color: "var(--accent)" }, { label: t("words:gross"), color: "var(--bench)", look: "dashed" }]} caption={t("longShortCaption")} height={230} tools={<Tag>{t("informational")}</Tag>} indexLabel={t("date")} columns={[{ key: "net", label: t("words:net"), show: format.nav }, { key: "gross", label: t("words:gross"), show: format.nav }]} option={longShort} />
      </div>
      <div className={css["half"]}>
        <ChartCard task={task} series="turnover" title={t("words:turnover")} heading={<Metric name="turnover">{t("words:turnover")}</Metric>} caption={t("turnoverCaption", { group: result.backtest_summary.strategy_group ?? "" })} height={230} indexLabel={t("date")} columns={[{ key: "target", label: t("words:turnover"), show: (v) => format.share(v) }, { key: "traded", label: t("traded"), show: (v) => format.share(v) }, { key: "cost", label: t("cost"), show: (v) => format.share(v, 3) }, { key: "names_in", label: t("in") }, { key: "names_out", label: t("out") }]} option={turnover} />
      </div>
      <div className={css["half"]}>
        <ChartCard task={task} series="quantile_returns" title={t("quantiles")} caption={t("quantilesCaption")} height={220} zoom={false} indexLabel={t("group")} columns={["h1", "h5", "h10", "h20"].map((key) => ({ key, label: t("lagDays", { lag: key.slice(1) }), show: (v: number) => format.percent(v, 3) }))} option={quantiles} />
      </div>
      <div className={css["half"]}>
        <Autocorrelation task={task} />
      </div>
    </div>
  );
}

function Autocorrelation({ task }: { task: string }) {
  const { t, i18n } = useTranslation("result");
  const option = useCallback(
    (data: SeriesTable, tokens: Tokens) => {
      const lag = meta(data, "lag") ?? 5;
      return dayLines(tokens, {
        days: labels(data),
        language: i18n.language,
        format: (value) => format.number(value, 3),
        axisFormat: (value) => format.number(value, 1),
        keepInView: [0, 1],
        lines: [
          { name: t("lagN", { lag: 1 }), values: column(data, "lag_1"), color: tokens.accent, width: 1.5 },
          { name: t("lagN", { lag }), values: column(data, "lag_hp"), color: tokens.bench, dashed: true, width: 1.25 },
        ],
      });
    },
    [i18n.language, t],
  );
  return <ChartCard task={task} series="autocorrelation" title={t("autocorrelation")} heading={<Metric name="autocorrelation">{t("autocorrelation")}</Metric>} legend={[{ label: t("lagN", { lag: 1 }), color: "var(--accent)" }, { label: t("lagHolding"), color: "var(--bench)", look: "dashed" }]} caption={t("autocorrelationCaption")} height={220} indexLabel={t("date")} columns={[{ key: "lag_1", label: t("lagN", { lag: 1 }), show: (v) => format.number(v, 3) }, { key: "lag_hp", label: t("lagHolding"), show: (v) => format.number(v, 3) }]} option={option} />;
}
