/** Pages of the server's lists, which rows are shown of how many. */

import { useTranslation } from "react-i18next";

import { ADMIN_ROWS } from "@/api/admin";
import { integer } from "@/lib/format";
import { Button } from "@/ui/controls";
import { Empty } from "@/ui/states";

import css from "./admin.module.css";

interface PagerProps {
  readonly page: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

export function Pager({ page, total, onPage }: PagerProps) {
  const { t } = useTranslation("administration");
  const last = Math.max(1, Math.ceil(total / ADMIN_ROWS));
  if (last === 1) return null;
  const from = (page - 1) * ADMIN_ROWS + 1;
  return (
    <nav className={css["pager"]} aria-label={t("pager")}>
      <Button small disabled={page <= 1} onClick={() => onPage(Math.min(page - 1, last))}>{t("newer")}</Button>
      <span aria-live="polite">{from > total ? t("beyond") : t("range", { from: integer(from), to: integer(Math.min(page * ADMIN_ROWS, total)), total: integer(total) })}</span>
      <Button small disabled={page >= last} onClick={() => onPage(page + 1)}>{t("older")}</Button>
    </nav>
  );
}

/** An address that points behind the end of a list. */
export function Beyond({ onPage }: { onPage: (page: number) => void }) {
  const { t } = useTranslation("administration");
  return <Empty title={t("beyond")} height={160} action={<Button small onClick={() => onPage(1)}>{t("firstPage")}</Button>} />;
}
