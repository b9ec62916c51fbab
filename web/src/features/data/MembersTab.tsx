/** Who belongs to a universe: the count over time, every change, and the members of any day. */

import type { EChartsOption } from "echarts";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useMemberHistory, useMembers } from "@/api/data";
import type { MarketItem, MemberHistory } from "@/api/dataTypes";
import { integer, MISSING, span } from "@/lib/format";
import { best } from "@/lib/match";
import { pick } from "@/lib/i18n";
import { Card, type Twin } from "@/ui/Card";
import { Chart } from "@/ui/chart/Chart";
import { LinkContext } from "@/ui/chart/link";
import { dayTooltip, grid, limits, timeAxis, timed, valueAxis } from "@/ui/chart/parts";
import { useChartLink } from "@/ui/chart/useChartLink";
import { Segmented } from "@/ui/controls";
import { DataTable, type Column } from "@/ui/DataTable";
import { SearchField } from "@/ui/SearchField";
import { DataView, Empty, Strip } from "@/ui/states";
import type { Tokens } from "@/ui/tokens";

import css from "./Data.module.css";
import { useParam } from "./useView";

const names = (list: readonly { code: string; name: string }[]) => list.map((one) => `${one.code} ${one.name}`);

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

function HistoryCards({ market, universe }: { market: string; universe: string }) {
  const { t, i18n } = useTranslation("dataset");
  const query = useMemberHistory(market, universe);
  const history = query.data;
  const changes = useMemo(() => (history?.steps ?? []).filter((step) => step.added.length + step.removed.length > 0).toReversed(), [history]);
  const twin: Twin | undefined = history && {
    columns: [{ key: "day", label: t("date") }, { key: "count", label: t("members"), numeric: true }, { key: "priced", label: t("withPrices"), numeric: true }],
    rows: history.steps.map((step) => ({ day: step.day, count: step.count, priced: step.with_prices })),
  };
  const columns: readonly Column[] = [
    { key: "day", label: t("date") },
    { key: "count", label: t("members"), numeric: true },
    { key: "in", label: t("inCount"), numeric: true },
    { key: "out", label: t("outCount"), numeric: true },
    { key: "added", label: t("addedNames"), wrap: true, show: (value) => <span lang="zh" data-user-text="">{String(value ?? "") || MISSING}</span> },
    { key: "removed", label: t("removedNames"), wrap: true, show: (value) => <span lang="zh" data-user-text="">{String(value ?? "") || MISSING}</span> },
  ];
  /** A change of many names is told by the first of them; the file has all. */
  const short = (list: readonly { code: string; name: string }[]) => {
    const all = names(list);
    return all.length > 8 ? `${all.slice(0, 8).join(t("listJoiner"))} … +${all.length - 8}` : all.join(t("listJoiner"));
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
          {() => <DataTable label={t("changes")} columns={columns} rows={rows} maxHeight={420} phoneColumns={4} />}
        </DataView>
      </Card>
    </>
  );
}

function DayCard({ market, universe }: { market: MarketItem; universe: string }) {
  const { t } = useTranslation("dataset");
  const [date, setDate] = useParam("date");
  const [query, setQuery] = useState("");
  const members = useMembers(market.name, universe, date);
  const all = useMemo(() => (members.data?.members ?? []).map((one) => ({ label: `${one.code} ${one.name}`, words: one.industry ?? "", one })), [members.data]);
  const shown = useMemo(() => (query.trim() ? best(query, all) : all), [all, query]);
  const text = (value: unknown) => <span lang="zh" data-user-text="">{String(value ?? MISSING)}</span>;
  const columns: readonly Column[] = [
    { key: "code", label: t("code"), show: (value) => <code>{String(value)}</code> },
    { key: "name", label: t("name"), show: text },
    { key: "industry", label: t("industry"), show: text },
    { key: "since", label: t("since") },
    { key: "until", label: t("until") },
    { key: "priced", label: t("hasPrices"), show: (value) => t(value ? "yes" : "no") },
  ];
  const rows = shown.map(({ one }) => ({ code: one.code, name: one.name, industry: one.industry, since: one.since, until: one.until, priced: one.has_prices }));
  const data = members.data;
  const notExact = data && date && data.date !== date;
  return (
    <Card
      id={`members-on-${data?.date ?? ""}`}
      title={t("membersOn", { day: data?.date ?? date ?? MISSING })}
      caption={data ? t("membersOnCaption", { number: integer(data.count), priced: integer(data.with_prices) }) : undefined}
      table={{ columns, rows }}
      isTable
      flush
      tools={
        <label className={css["date"]}>
          <span className="sr">{t("anyDay")}</span>
          <input type="date" value={date ?? data?.date ?? ""} min={market.first_day ?? undefined} max={market.last_day ?? undefined} onChange={(event) => setDate(event.target.value || undefined)} />
        </label>
      }
    >
      <div className={css["tableHead"]}>
        <SearchField label={t("findMember")} value={query} onChange={setQuery} />
        {notExact ? <span className="muted">{t("notASession", { day: data.date })}</span> : null}
        {query.trim() ? <span className="muted">{t("found", { count: rows.length, number: integer(rows.length) })}</span> : null}
      </div>
      <DataView of={members} height={260} isEmpty={(found) => found.members.length === 0} empty={<Empty title={t("noMembersThen")} height={160}>{t("noMembersThenWhy")}</Empty>}>
        {() => (rows.length > 0 ? <DataTable label={t("membersOn", { day: data?.date ?? "" })} columns={columns} rows={rows} maxHeight={480} sortable /> : <Empty title={t("noMemberFound")} height={120} />)}
      </DataView>
    </Card>
  );
}

export function MembersTab({ market }: { market: MarketItem }) {
  const { t, i18n } = useTranslation("dataset");
  const [asked, setUniverse] = useParam("universe");
  const link = useChartLink();
  const universe = market.universes.find((one) => one.name === asked) ?? market.universes.find((one) => one.name === "hs300") ?? market.universes[0];
  if (!universe) return <Empty title={t("noUniverses")} height={240}>{t("noUniversesWhy")}</Empty>;
  return (
    <LinkContext.Provider value={link}>
      <div className={css["choices"]}>
        <Segmented label={t("universe")} value={universe.name} onChange={setUniverse} options={market.universes.map((one) => ({ value: one.name, label: pick(one, i18n.language) }))} />
      </div>
      <HistoryCards market={market.name} universe={universe.name} />
      <DayCard market={market} universe={universe.name} />
    </LinkContext.Provider>
  );
}
