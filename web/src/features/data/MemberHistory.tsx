/** A universe over time: the count as a step line, every change as a row. */

import type { EChartsOption } from "echarts";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useMemberHistory } from "@/api/data";
import type { MemberHistory, MemberStep } from "@/api/dataTypes";
import { integer, MISSING, span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Card, type Twin } from "@/ui/Card";
import { Chart } from "@/ui/chart/Chart";
import { dayTooltip, grid, limits, timeAxis, timed, valueAxis } from "@/ui/chart/parts";
import { TextButton } from "@/ui/controls";
import { DataTable, type Column } from "@/ui/DataTable";
import { Sheet } from "@/ui/Sheet";
import { DataView, Empty, Strip } from "@/ui/states";
import type { Tokens } from "@/ui/tokens";

import css from "./Data.module.css";

const names = (list: readonly { code: string; name: string }[]) => list.map((one) => `${one.code} ${one.name}`);

/** Names of a change that its row tells. */
const SHORT = 3;

/** The steps as points of a line that runs to the last day. */
export function stepPoints(history: MemberHistory): { readonly days: readonly string[]; readonly counts: readonly number[]; readonly priced: readonly (number | null)[] } {
  const days = history.steps.map((step) => step.day);
  const counts = history.steps.map((step) => step.count);
  const priced = history.steps.map((step) => step.with_prices);
  const last = history.steps.at(-1);
  if (last && history.last_day && history.last_day > last.day) return { days: [...days, history.last_day], counts: [...counts, last.count], priced: [...priced, last.with_prices] };
  return { days, counts, priced };
}

function Counts({ history }: { history: MemberHistory }) {
  const { t, i18n } = useTranslation("dataset");
  const points = useMemo(() => stepPoints(history), [history]);
  const option = useCallback(
    (tokens: Tokens): EChartsOption => {
      const { days, counts, priced } = points;
      const line = (name: string, values: readonly (number | null)[], color: string, extra: object) => ({ type: "line" as const, step: "end" as const, name, data: timed(days, values), showSymbol: false, emphasis: { disabled: true }, lineStyle: { color, width: 2 }, itemStyle: { color }, ...extra });
      return {
        grid: grid(),
        xAxis: timeAxis(tokens, days),
        yAxis: valueAxis(tokens, integer, { ...limits([counts, priced], [0]), minInterval: 1 }),
        tooltip: dayTooltip(tokens, days, i18n.language, (i) => {
          const step = history.steps[i];
          return [
            { name: t("members"), value: integer(counts[i]), color: tokens.accent },
            { name: t("withPrices"), value: integer(priced[i]), color: tokens.bench, dashed: true },
            ...(step && step.added.length > 0 ? [{ name: t("added", { count: step.added.length }), value: step.added.slice(0, 3).map((one) => one.name || one.code).join(" ") + (step.added.length > 3 ? " …" : "") }] : []),
            ...(step && step.removed.length > 0 ? [{ name: t("removed", { count: step.removed.length }), value: step.removed.slice(0, 3).map((one) => one.name || one.code).join(" ") + (step.removed.length > 3 ? " …" : "") }] : []),
          ];
        }),
        series: [
          line(t("members"), counts, tokens.accent, { areaStyle: { color: tokens.accent, opacity: 0.08 }, z: 3 }),
          line(t("withPrices"), priced, tokens.bench, { lineStyle: { color: tokens.bench, width: 1.25, type: [5, 3] } }),
        ],
      } as EChartsOption;
    },
    [points, history, i18n.language, t],
  );
  return (
    <div data-testid="members">
      <Chart label={t("membersLabel")} height={240} seal="off" option={option} />
    </div>
  );
}

/** All names of one change. */
function ChangeSheet({ step, onClose, onDay }: { step: MemberStep | null; onClose: () => void; onDay: (day: string) => void }) {
  const { t } = useTranslation("dataset");
  const part = (title: string, list: MemberStep["added"]) =>
    list.length > 0 ? (
      <section className={css["nameList"]}>
        <h3>{title}</h3>
        <ul>
          {list.map((one) => (
            <li key={one.code}><code>{one.code}</code> <span lang="zh" data-user-text="">{one.name}</span></li>
          ))}
        </ul>
      </section>
    ) : null;
  return (
    <Sheet title={t("changeOn", { day: step?.day ?? "" })} open={step !== null} onClose={onClose} width={460} foot={step ? <TextButton onClick={() => (onDay(step.day), onClose())}>{t("showMembersOn", { day: step.day })}</TextButton> : null}>
      {step ? (
        <>
          {part(t("added", { count: step.added.length }), step.added)}
          {part(t("removed", { count: step.removed.length }), step.removed)}
        </>
      ) : null}
    </Sheet>
  );
}

export function HistoryCards({ market, universe, onDay }: { market: string; universe: string; onDay: (day: string) => void }) {
  const { t, i18n } = useTranslation("dataset");
  const query = useMemberHistory(market, universe);
  const [open, setOpen] = useState<MemberStep | null>(null);
  const history = query.data;
  const changes = useMemo(() => (history?.steps ?? []).filter((step) => step.added.length + step.removed.length > 0).toReversed(), [history]);
  const twin: Twin | undefined = history && {
    columns: [{ key: "day", label: t("date") }, { key: "count", label: t("members"), numeric: true }, { key: "priced", label: t("withPrices"), numeric: true }],
    rows: history.steps.map((step) => ({ day: step.day, count: step.count, priced: step.with_prices })),
  };
  const columns: readonly Column[] = [
    { key: "day", label: t("date"), show: (value) => <TextButton onClick={() => setOpen(changes.find((step) => step.day === value) ?? null)}>{String(value)}</TextButton> },
    { key: "count", label: t("members"), numeric: true },
    { key: "in", label: t("inCount"), numeric: true },
    { key: "out", label: t("outCount"), numeric: true },
    { key: "added", label: t("addedNames"), wrap: true, show: (value) => <span lang="zh" data-user-text="">{String(value ?? "") || MISSING}</span> },
    { key: "removed", label: t("removedNames"), wrap: true, show: (value) => <span lang="zh" data-user-text="">{String(value ?? "") || MISSING}</span> },
  ];
  /** A change of many names is told by the first of them; the file has all. */
  const short = (list: readonly { code: string; name: string }[]) => {
    const all = names(list);
    return all.length > SHORT ? `${all.slice(0, SHORT).join(t("listJoiner"))} … +${all.length - SHORT}` : all.join(t("listJoiner"));
  };
  const rows = changes.map((step) => ({ day: step.day, count: step.count, in: step.added.length, out: step.removed.length, added: short(step.added), removed: short(step.removed) }));
  const whole: Twin = { columns, rows: changes.map((step) => ({ day: step.day, count: step.count, in: step.added.length, out: step.removed.length, added: names(step.added).join("; "), removed: names(step.removed).join("; ") })) };
  return (
    <>
      {history?.notices.map((notice) => <Strip key={notice.code}>{pick(notice, i18n.language)}</Strip>)}
      <Card id={`members-${universe}`} title={t("memberCount")} caption={history ? t("memberCaption", { range: span(history.first_day, history.last_day), pit: t(history.is_pit ? "isPit" : "isFixed") }) : undefined} table={twin}>
        <DataView of={query} height={240} isEmpty={(data) => data.steps.length === 0} empty={<Empty title={t("noMembers")} height={240}>{t("noMembersWhy")}</Empty>}>
          {(data) => <Counts history={data} />}
        </DataView>
      </Card>
      <Card id={`changes-${universe}`} title={t("changes")} caption={t("changesCaption", { count: changes.length })} table={whole} isTable flush>
        <DataView of={query} height={200} isEmpty={() => changes.length === 0} empty={<Empty title={t("noChanges")} height={120}>{t("noChangesWhy")}</Empty>}>
          {() => <DataTable label={t("tableOf", { title: t("changes") })} columns={columns} rows={rows} maxHeight={420} phoneColumns={4} />}
        </DataView>
      </Card>
      <ChangeSheet step={open} onClose={() => setOpen(null)} onDay={onDay} />
    </>
  );
}

