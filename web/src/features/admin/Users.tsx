/** The accounts, newest first; a number of tasks leads to them. */

import { useTranslation } from "react-i18next";

import { useAdminUsers } from "@/api/admin";
import { integer, MISSING } from "@/lib/format";
import { TextButton, Tag } from "@/ui/controls";
import { DataTable } from "@/ui/DataTable";
import { Moment } from "@/ui/Moment";
import { DataView, Empty } from "@/ui/states";

import css from "./admin.module.css";
import { Beyond, Pager } from "./Pager";

/** This machine's own user was there from the beginning of time: it was never made by anybody. */
const NEVER = "1970-01-01";

interface UsersProps {
  readonly page: number;
  readonly onPage: (page: number) => void;
  readonly onUser: (id: string) => void;
}

export function Users({ page, onPage, onUser }: UsersProps) {
  const { t } = useTranslation("administration");
  const query = useAdminUsers(page);
  return (
    <DataView of={query} height={360} isEmpty={(data) => data.total === 0} empty={<Empty title={t("noUsers")} height={200} />}>
      {(data) => {
        const rows = data.users.map((user) => ({ ...user }));
        const byId = (id: unknown) => data.users.find((user) => user.id === id);
        return (
          <>
            {rows.length === 0 ? <Beyond onPage={onPage} /> : (
              <div className={css["table"]}>
                <DataTable
                  label={t("users")}
                  rows={rows}
                  columns={[
                    { key: "email", label: t("email"), wrap: true, show: (value) => <bdi data-user-text="">{String(value)}</bdi> },
                    { key: "id", label: t("taskCount"), numeric: true, show: (id) => {
                      const user = byId(id);
                      return user ? <TextButton aria-label={t("showCounted", { tasks: integer(user.task_count), email: user.email })} onClick={() => onUser(user.id)}>{integer(user.task_count)}</TextButton> : MISSING;
                    } },
                    { key: "last_login_at", label: t("lastLogin"), show: (value) => (value ? <Moment stamp={String(value)} /> : <span className="muted">{MISSING} {t("never")}</span>) },
                    { key: "created_at", label: t("created"), show: (value) => (String(value).startsWith(NEVER) ? MISSING : <Moment stamp={String(value)} />) },
                    { key: "nickname", label: t("nickname"), show: (value) => (value ? <bdi data-user-text="">{String(value)}</bdi> : MISSING) },
                    { key: "is_active", label: t("state"), show: (value) => (value ? t("active") : <Tag mark="doubt">{t("inactive")}</Tag>) },
                  ]}
                />
              </div>
            )}
            <Pager page={page} total={data.total} onPage={onPage} />
          </>
        );
      }}
    </DataView>
  );
}
