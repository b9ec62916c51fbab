/** Everybody together: one sentence, four figures, what happened per day, where the tasks stand. */

import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { useOverview, type Overview as Counts } from "@/api/admin";
import { integer, share } from "@/lib/format";
import { Card } from "@/ui/Card";
import { Chart } from "@/ui/chart/Chart";
import { dayTooltip, grid, stamp, timeAxis, valueAxis } from "@/ui/chart/parts";
import { dayLines } from "@/ui/chart/dayLines";
import { Tiles } from "@/ui/Figures";
import { DataView, Empty } from "@/ui/states";
import type { Tokens } from "@/ui/tokens";

import css from "./admin.module.css";

type Days = Counts["daily_tasks_7d"];

const sum = (days: Days) => days.reduce((total, day) => total + day.count, 0);
/** Counts have no half steps on their axis. */
const counts = (days: Days) => {
  const top = Math.max(4, ...days.map((day) => day.count));
  const step = Math.ceil(top / 4);
  return { min: 0, max: step * 4, interval: step };
};

function useTable(days: Days, label: string) {
  const { t } = useTranslation("administration");
  return { columns: [{ key: "day", label: t("day") }, { key: "count", label, numeric: true }], rows: days.map((day) => ({ day: day.date, count: day.count })) };
}

function Daily({ days }: { days: Days }) {
  const { t, i18n } = useTranslation("administration");
  const table = useTable(days, t("tasksOfDay"));
  const option = useCallback(
    (tokens: Tokens) => {
      const dates = days.map((day) => day.date);
      return {
        grid: grid({ left: 40 }),
        xAxis: timeAxis(tokens, dates, { min: stamp(dates[0] ?? "") - 43_200_000, max: stamp(dates[dates.length - 1] ?? "") + 43_200_000, axisLabel: { color: tokens.ink3, fontSize: 12, align: "center", hideOverlap: true, formatter: "{MM}-{dd}" } }),
        yAxis: valueAxis(tokens, (value) => integer(value), counts(days)),
        series: [{ type: "bar" as const, data: days.map((day) => [stamp(day.date), day.count]), barMaxWidth: 34, itemStyle: { color: tokens.accent, borderRadius: [2, 2, 0, 0] }, emphasis: { disabled: true } }],
        tooltip: dayTooltip(tokens, dates, i18n.language, (index) => [{ name: t("tasksOfDay"), value: integer(days[index]?.count), color: tokens.accent }]),
      };
    },
    [days, i18n.language, t],
  );
  return (
    <Card id="tasks_7d" title={t("daily")} caption={t("dailyCaption")} table={table}>
      <Chart label={t("daily")} height={200} zoom={false} option={option} />
    </Card>
  );
}

function Trend({ days }: { days: Days }) {
  const { t, i18n } = useTranslation("administration");
  const table = useTable(days, t("usersOfDay"));
  const option = useCallback(
    (tokens: Tokens) => {
      const plain = dayLines(tokens, { days: days.map((day) => day.date), lines: [{ name: t("usersOfDay"), values: days.map((day) => day.count), color: tokens.accent, width: 2 }], language: i18n.language, format: integer, zero: 0 });
      return { ...plain, yAxis: valueAxis(tokens, (value) => integer(value), counts(days)) };
    },
    [days, i18n.language, t],
  );
  return (
    <Card id="users_30d" title={t("trend")} caption={t("trendCaption")} table={table}>
      <Chart label={t("trend")} height={200} zoom={false} option={option} />
    </Card>
  );
}

function Distribution({ of, onStatus }: { of: Counts; onStatus: (status: string) => void }) {
  const { t } = useTranslation(["administration", "stages"]);
  const rows = Object.entries(of.status_distribution).toSorted((a, b) => b[1] - a[1]);
  const nameOf = (status: string) => (status === "iteration_completed" ? t("iteration_completed") : t(`stages:${status}`, { defaultValue: status }));
  const part = (count: number) => (of.total_tasks > 0 ? count / of.total_tasks : null);
  const table = {
    columns: [{ key: "status", label: t("status") }, { key: "count", label: t("countColumn"), numeric: true }, { key: "share", label: t("shareColumn"), numeric: true }],
    rows: rows.map(([status, count]) => ({ status: nameOf(status), count, share: share(part(count)) })),
  };
  return (
    <Card id="status" title={t("distribution")} caption={t("distributionCaption")} table={table}>
      {rows.length === 0 ? (
        <Empty title={t("noTasks")} height={140}>{t("noTasksText")}</Empty>
      ) : (
        <ul className={css["bars"]}>
          {rows.map(([status, count]) => (
            <li key={status}>
              <button type="button" onClick={() => onStatus(status)}>
                <span>{nameOf(status)}</span>
                <span className={css["track"]}><i style={{ width: `${(part(count) ?? 0) * 100}%` }} data-failed={status === "failed" ? "" : undefined} /></span>
                <span className={css["number"]}>{integer(count)}</span>
                <span className={css["number"]}>{share(part(count))}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function Overview({ onStatus }: { onStatus: (status: string) => void }) {
  const { t } = useTranslation("administration");
  const query = useOverview();
  return (
    <DataView of={query} height={420}>
      {(of) => {
        const open = of.unresolved_feedbacks;
        return (
          <div className={css["stack"]}>
            <h2 className={css["verdict"]}>
              {t("verdict", {
                tasks: integer(sum(of.daily_tasks_7d)),
                rate: of.success_rate === null ? t("rate_none") : t("rate_known", { share: share(of.success_rate, 0) }),
                open: open === 0 ? t("open_none") : t("open_some", { count: open }),
              })}
            </h2>
            <div className={css["figures"]}>
              <Tiles
                items={[
                  { label: t("totalUsers"), value: integer(of.total_users), note: t("newUsers", { count: sum(of.user_trend_30d) }) },
                  { label: t("totalTasks"), value: integer(of.total_tasks), note: t("tasks7", { count: sum(of.daily_tasks_7d) }) },
                  { label: t("successRate"), meaning: t("successMeaning"), value: share(of.success_rate, 0), note: of.success_rate === null ? t("rate_none") : t("ended") },
                  { label: t("feedbacks"), value: integer(of.total_feedbacks), note: t("unresolved", { count: open }) },
                ]}
              />
            </div>
            <div className={css["pair"]}>
              <Daily days={of.daily_tasks_7d} />
              <Trend days={of.user_trend_30d} />
            </div>
            <Distribution of={of} onStatus={onStatus} />
          </div>
        );
      }}
    </DataView>
  );
}
