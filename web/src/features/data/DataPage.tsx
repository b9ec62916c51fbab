/** The data of a market: what there is, how sound it is, where it comes from, and how more is taken in. */

import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useIsAdmin } from "@/api/auth";
import { useMarkets, useSources } from "@/api/data";
import type { MarketItem } from "@/api/dataTypes";
import { usePreference } from "@/lib/preference";
import { useHeading } from "@/lib/title";
import { Boundary } from "@/ui/Boundary";
import { ProvenanceProvider } from "@/ui/Card";
import { Button } from "@/ui/controls";
import { HistoryIcon, RefreshIcon } from "@/ui/icons";
import { DataView, Empty, ErrorNote } from "@/ui/states";
import { Tabs } from "@/ui/Tabs";

import { BarsCard } from "./BarsCard";
import { CoverageCard } from "./CoverageCard";
import css from "./Data.module.css";
import { HealthCard } from "./HealthCard";
import { ImportCard } from "./ImportCard";
import { MarketHead } from "./MarketHead";
import { MembersTab } from "./MembersTab";
import { SnapshotsSheet } from "./SnapshotsSheet";
import { SourcesCard } from "./SourcesCard";
import { UpdateSheet } from "./UpdateSheet";
import { useChange, useOneOf, useParam } from "./useView";

const TABS: readonly ["overview", ...("import" | "sources" | "members" | "bars")[]] = ["overview", "import", "sources", "members", "bars"];
type Tab = (typeof TABS)[number];

function Overview({ market, admin, door }: { market: MarketItem; admin: boolean; door: ReactNode }) {
  return (
    <>
      <div className={css["columns"]}>
        <div className={css["column"]}>
          {admin ? <ImportCard market={market} door={door} compact /> : null}
          <CoverageCard market={market.name} />
        </div>
        <div className={css["column"]}>
          <SourcesCard />
          <BarsCard market={market.name} />
        </div>
      </div>
      <HealthCard market={market.name} />
    </>
  );
}

function Chosen({ market, tab, admin, door }: { market: MarketItem; tab: Tab; admin: boolean; door: ReactNode }) {
  const { t } = useTranslation("dataset");
  if (tab === "import") return <ImportCard market={market} door={door} />;
  if (tab === "sources") return <SourcesCard detailed />;
  if (market.broken !== null) return <ErrorNote title={t("broken", { market: market.name })}>{market.broken}</ErrorNote>;
  if (tab === "members") return <MembersTab market={market} />;
  if (tab === "bars") return <BarsCard market={market.name} height={520} wide />;
  return <Overview market={market} admin={admin} door={door} />;
}

/** Nothing to show yet: say so, and offer the way in. */
function NoMarket({ tab, door, onImport }: { tab: Tab; door: ReactNode; onImport: () => void }) {
  const { t } = useTranslation("dataset");
  if (tab === "import") return <ImportCard market={undefined} door={door} />;
  if (tab === "sources") return <SourcesCard detailed />;
  return (
    <Empty title={t("noMarket")} height={280} action={<Button onClick={onImport}>{t("importFirst")}</Button>}>
      {t("noMarketWhy")} <code>quantgpt data demo</code>
    </Empty>
  );
}

export function DataPage({ door }: { door: ReactNode }) {
  const { t } = useTranslation(["dataset", "data"]);
  useHeading({ title: t("data:title") });
  const admin = useIsAdmin();
  const markets = useMarkets();
  const sources = useSources();
  const [asked] = useParam("market");
  const [chosen] = usePreference("market");
  const change = useChange();
  const [tab, setTab] = useOneOf<Tab>("tab", TABS);
  const [sheet, setSheet] = useState<"snapshots" | "update" | null>(null);
  const list = markets.data?.markets ?? [];
  // Without a word in the address: the market chosen for the whole app, else the default one.
  const usual = list.find((one) => one.name === chosen) ?? list.find((one) => one.name === markets.data?.default) ?? list[0];
  const market = list.find((one) => one.name === asked) ?? usual;
  const down = sources.data?.some((source) => source.status === "unavailable" || source.status === "degraded");
  const counts: Partial<Record<Tab, string>> = sources.data ? { sources: `${sources.data.length}${down ? " ▲" : ""}` } : {};
  const warn = () => {
    setTab("overview");
    requestAnimationFrame(() => document.getElementById("data-warnings")?.scrollIntoView({ block: "center" }));
  };
  const provenance = {
    lines: market ? [`${market.name}@${market.snapshot ?? ""} · ${market.first_day ?? ""} → ${market.last_day ?? ""}`] : [],
    foot: market ? `${market.name}@${(market.snapshot ?? "").slice(0, 6)} · ${market.last_day ?? ""}` : "",
    fileStem: `quantgpt_${market?.name ?? "data"}`,
    synthetic: market?.synthetic ?? false,
  };
  return (
    <div className={css["page"]}>
      <div className={css["head"]}>
        <div className={css["inner"]}>
          <div className={css["headRow"]}>
            <DataView of={markets} height={48} isEmpty={(data) => data.markets.length === 0} empty={<p className={css["none"]}>{t("noMarket")}</p>}>
              {() =>
                market ? (
                  <MarketHead markets={list} market={market} onWarnings={warn} onMarket={(name) => change({ market: name === usual?.name ? undefined : name, code: undefined, universe: undefined, date: undefined, range: undefined })} />
                ) : null
              }
            </DataView>
            {market ? (
              <div className={css["headTools"]}>
                {admin && market.can_import ? <Button small onClick={() => setSheet("update")}><RefreshIcon size={14} /> {t("checkUpdates")}</Button> : null}
                <Button small onClick={() => setSheet("snapshots")}><HistoryIcon size={14} /> {t("snapshots")}</Button>
              </div>
            ) : null}
          </div>
          {asked !== undefined && market && market.name !== asked ? <ErrorNote title={t("unknownMarket", { asked: asked.slice(0, 60) })}>{t("unknownMarketText", { market: market.name })}</ErrorNote> : null}
          <Tabs label={t("tabs")} value={tab} onChange={(next) => setTab(next as Tab)} items={TABS.map((id) => ({ id, label: t(`tab_${id}`), count: counts[id] }))} />
        </div>
      </div>
      <div className={css["body"]} role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`} data-panel={tab}>
        <h2 className="sr">{t(`tab_${tab}`)}</h2>
        <ProvenanceProvider value={provenance}>
          <Boundary key={`${tab} ${market?.name ?? ""}`}>
            {market ? <Chosen market={market} tab={tab} admin={admin} door={door} /> : markets.data ? <NoMarket tab={tab} door={door} onImport={() => setTab("import")} /> : null}
          </Boundary>
        </ProvenanceProvider>
      </div>
      {market ? (
        <>
          <SnapshotsSheet market={market.name} open={sheet === "snapshots"} onClose={() => setSheet(null)} />
          <UpdateSheet key={market.name} market={market.name} open={sheet === "update"} onClose={() => setSheet(null)} />
        </>
      ) : null}
    </div>
  );
}
