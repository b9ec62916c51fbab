/** Who belongs to a universe: the count over time, every change, and the members of any day. */

import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useMembers } from "@/api/data";
import type { MarketItem } from "@/api/dataTypes";
import { integer, MISSING } from "@/lib/format";
import { best } from "@/lib/match";
import { pick } from "@/lib/i18n";
import { Absent } from "@/ui/Absent";
import { Card } from "@/ui/Card";
import { LinkContext } from "@/ui/chart/link";
import { useChartLink } from "@/ui/chart/useChartLink";
import { Segmented, TextButton } from "@/ui/controls";
import { DataTable, type Column } from "@/ui/DataTable";
import { SearchField } from "@/ui/SearchField";
import { DataView, Empty } from "@/ui/states";

import css from "./Data.module.css";
import { HistoryCards } from "./MemberHistory";
import { useChange, useParam } from "./useView";

function DayCard({ market, universe }: { market: MarketItem; universe: string }) {
  const { t } = useTranslation("dataset");
  const [date, setDate] = useParam("date");
  const change = useChange();
  const [query, setQuery] = useState("");
  const members = useMembers(market.name, universe, date);
  const all = useMemo(() => (members.data?.members ?? []).map((one) => ({ label: `${one.code} ${one.name}`, words: one.industry ?? "", one })), [members.data]);
  const shown = useMemo(() => (query.trim() ? best(query, all) : all), [all, query]);
  const text = (value: unknown) => (value === null || value === undefined || value === "" ? <Absent many why={t("absent_fact")} /> : <span lang="zh" data-user-text="">{String(value)}</span>);
  const columns: readonly Column[] = [
    { key: "code", label: t("code"), show: (value) => <TextButton onClick={() => change({ tab: "bars", code: String(value), range: undefined })}><code>{String(value)}</code></TextButton> },
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
        {() => (rows.length > 0 ? <DataTable label={t("tableOf", { title: t("membersOn", { day: data?.date ?? "" }) })} columns={columns} rows={rows} maxHeight={480} sortable /> : <Empty title={t("noMemberFound")} height={120} />)}
      </DataView>
    </Card>
  );
}

export function MembersTab({ market }: { market: MarketItem }) {
  const { t, i18n } = useTranslation("dataset");
  const [asked, setUniverse] = useParam("universe");
  const [, setDate] = useParam("date");
  const link = useChartLink();
  const universe = market.universes.find((one) => one.name === asked) ?? market.universes.find((one) => one.name === "hs300") ?? market.universes[0];
  if (!universe) return <Empty title={t("noUniverses")} height={240}>{t("noUniversesWhy")}</Empty>;
  return (
    <LinkContext.Provider value={link}>
      <div className={css["choices"]}>
        <Segmented label={t("universe")} value={universe.name} onChange={setUniverse} options={market.universes.map((one) => ({ value: one.name, label: pick(one, i18n.language) }))} />
      </div>
      <HistoryCards market={market.name} universe={universe.name} onDay={setDate} />
      <DayCard market={market} universe={universe.name} />
    </LinkContext.Provider>
  );
}
