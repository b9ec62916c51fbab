/** Everybody's tasks, newest first, by status and by user. */

import { useTranslation } from "react-i18next";

import { useAdminTasks } from "@/api/admin";
import { STAGES } from "@/api/types";
import { MISSING } from "@/lib/format";
import { CodeLine } from "@/ui/Code";
import { Button, MarkIcon, TextButton } from "@/ui/controls";
import { DataTable } from "@/ui/DataTable";
import { Moment } from "@/ui/Moment";
import { DataView, Empty } from "@/ui/states";

import css from "./admin.module.css";
import { Beyond, Pager } from "./Pager";

const STATUSES = ["pending", ...STAGES, "iterating", "completed", "iteration_completed", "failed"] as const;

interface TasksProps {
  readonly page: number;
  readonly status: string | undefined;
  readonly user: string | undefined;
  readonly onPage: (page: number) => void;
  readonly onFilter: (filter: { status?: string | undefined; user?: string | undefined }) => void;
}

export function Tasks({ page, status, user, onPage, onFilter }: TasksProps) {
  const { t } = useTranslation(["administration", "stages"]);
  const query = useAdminTasks(page, status, user);
  const nameOf = (one: string) => (one === "iteration_completed" ? t("iteration_completed") : t(`stages:${one}`, { defaultValue: one }));
  const email = user === undefined ? undefined : query.data?.tasks.find((task) => task.user_id === user)?.user_email;
  return (
    <div className={css["stack"]}>
      <div className={css["filters"]}>
        <select aria-label={t("filterStatus")} value={status ?? ""} onChange={(event) => onFilter({ status: event.target.value || undefined, user })}>
          <option value="">{t("allStatuses")}</option>
          {STATUSES.map((one) => <option key={one} value={one}>{nameOf(one)}</option>)}
        </select>
        {user === undefined ? null : (
          <>
            <span data-user-text="">{t("ofUser", { email: email ?? user })}</span>
            <TextButton onClick={() => onFilter({ status, user: undefined })}>{t("clearUser")}</TextButton>
          </>
        )}
      </div>
      <DataView
        of={query}
        height={360}
        isEmpty={(data) => data.total === 0}
        empty={
          status === undefined && user === undefined ? (
            <Empty title={t("noTasks")} height={200}>{t("noTasksText")}</Empty>
          ) : (
            <Empty title={t("noTasksHere")} height={200} action={<Button small onClick={() => onFilter({})}>{t("clear")}</Button>} />
          )
        }
      >
        {(data) => (
          <>
            {data.tasks.length === 0 ? <Beyond onPage={onPage} /> : (
              <div className={css["table"]}>
                <DataTable
                  label={t("tasks")}
                  rows={data.tasks.map((task) => ({ ...task }))}
                  columns={[
                    { key: "created_at", label: t("created"), show: (value) => <Moment stamp={String(value)} /> },
                    { key: "status", label: t("status"), show: (value) => <span className={css["mark"]}>{value === "failed" ? <MarkIcon mark="fail" size={14} /> : null}{nameOf(String(value))}</span> },
                    { key: "expression", label: t("expression"), show: (value) => (typeof value === "string" ? <span className={css["code"]} title={value}><CodeLine text={value} /></span> : MISSING) },
                    { key: "user_email", label: t("user"), show: (value, row) => <TextButton aria-label={t("showTasks", { email: String(value) })} onClick={() => onFilter({ status, user: String(row["user_id"]) })}><bdi data-user-text="">{String(value)}</bdi></TextButton> },
                    { key: "task_type", label: t("type"), show: (value) => t(value === "iteration" ? "type_iteration" : "type_backtest") },
                    { key: "error", label: t("error"), wrap: true, show: (value) => (value ? <span data-user-text="">{String(value)}</span> : MISSING) },
                    { key: "id", label: t("id"), show: (value) => <code>{String(value)}</code> },
                  ]}
                />
              </div>
            )}
            <Pager page={page} total={data.total} onPage={onPage} />
          </>
        )}
      </DataView>
    </div>
  );
}
