/** The administration: four tabs in the address, and the password in front of them where one is needed. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useOverview } from "@/api/admin";
import { ApiError } from "@/api/client";
import { AdminDoor } from "@/features/accounts/AdminDoor";
import { Feedbacks, SHOWN } from "@/features/admin/Feedbacks";
import { Overview } from "@/features/admin/Overview";
import { Tasks } from "@/features/admin/Tasks";
import { Users } from "@/features/admin/Users";
import { integer } from "@/lib/format";
import { useHeading } from "@/lib/title";
import { Tabs } from "@/ui/Tabs";

import css from "./Admin.module.css";

const TABS = ["overview", "users", "tasks", "feedback"] as const;

const word = (value: unknown) => (typeof value === "string" && value ? value : typeof value === "number" ? String(value) : undefined);

function useAddress() {
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  return {
    tab: TABS.find((name) => name === search["tab"]) ?? "overview",
    page: Math.min(1_000_000, Math.max(1, Math.floor(Number(search["page"]) || 1))),
    status: word(search["status"]),
    user: word(search["user"]),
    shown: SHOWN.find((name) => name === search["show"]) ?? "open",
    set: (part: Record<string, unknown>) => void navigate({ to: ".", search: part, replace: true, resetScroll: false } as never),
  };
}

export function Admin() {
  const { t } = useTranslation(["admin", "administration"]);
  useHeading({ title: t("admin:title") });
  const { tab, page, status, user, shown, set } = useAddress();
  const overview = useOverview();
  if (overview.error instanceof ApiError && overview.error.adminLocked) return <AdminDoor />;
  const open = overview.data?.unresolved_feedbacks ?? 0;
  return (
    <div className={css["page"]}>
      <Tabs
        label={t("administration:tabs")}
        items={TABS.map((id) => ({ id, label: t(`administration:${id}`), count: id === "feedback" && open > 0 ? integer(open) : undefined }))}
        value={tab}
        onChange={(next) => set({ tab: next })}
      />
      <div id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} data-panel={tab} className={css["panel"]}>
        {tab === "overview" ? <Overview onStatus={(one) => set({ tab: "tasks", status: one })} /> : null}
        {tab === "users" ? <Users page={page} onPage={(next) => set({ tab, page: next })} onUser={(one) => set({ tab: "tasks", user: one })} /> : null}
        {tab === "tasks" ? <Tasks page={page} status={status} user={user} onPage={(next) => set({ tab, status, user, page: next })} onFilter={(filter) => set({ tab, ...filter })} /> : null}
        {tab === "feedback" ? <Feedbacks page={page} shown={shown} onPage={(next) => set({ tab, show: shown, page: next })} onShown={(next) => set({ tab, show: next })} /> : null}
      </div>
    </div>
  );
}
