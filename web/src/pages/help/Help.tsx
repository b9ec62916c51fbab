/** The four parts of the help as tabs; tab and search are in the address, a metric is linked by its name. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Conventions } from "@/features/help/Conventions";
import { Metrics } from "@/features/help/Metrics";
import { ShortcutList } from "@/features/help/ShortcutList";
import { Words } from "@/features/help/Words";
import { useHeading } from "@/lib/title";
import { SearchField } from "@/ui/SearchField";
import { Tabs } from "@/ui/Tabs";

import css from "./Help.module.css";

const TABS = ["metrics", "operators", "conventions", "keys"] as const;
type Tab = (typeof TABS)[number];

export function Help() {
  const { t } = useTranslation("help");
  useHeading({ title: t("title") });
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const tab: Tab = TABS.find((name) => name === search["tab"]) ?? "metrics";
  const find = typeof search["find"] === "string" ? search["find"] : "";
  const set = (part: Record<string, unknown>) => void navigate({ to: ".", search: (old: Record<string, unknown>) => ({ ...old, ...part }), replace: true, resetScroll: false } as never);
  const searchable = tab === "metrics" || tab === "operators";
  return (
    <div className={css["page"]}>
      <div className={css["head"]}>
        <Tabs label={t("title")} value={tab} items={TABS.map((id) => ({ id, label: t(`tab_${id}`) }))} onChange={(next) => set({ tab: next === "metrics" ? undefined : next, find: undefined })} />
        {searchable ? <SearchField label={t(`find_${tab}`)} value={find} onChange={(text) => set({ find: text || undefined })} /> : null}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${tab}`} tabIndex={0} className={css["panel"]} data-panel={tab}>
        {tab === "metrics" ? <Metrics find={find} /> : null}
        {tab === "operators" ? <Words find={find} /> : null}
        {tab === "conventions" ? <Conventions /> : null}
        {tab === "keys" ? <ShortcutList /> : null}
      </div>
    </div>
  );
}
