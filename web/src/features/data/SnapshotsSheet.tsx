/** The kept states of a market, and the way back to the one before. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import { useIsAdmin } from "@/api/auth";
import { useRollback, useSnapshots } from "@/api/data";
import { bytes } from "@/lib/bytes";
import { integer, span } from "@/lib/format";
import { useOnce } from "@/lib/once";
import { toast } from "@/lib/toast";
import { moment } from "@/lib/moment";
import { Button, Tag } from "@/ui/controls";
import { Refusal } from "@/ui/Refusal";
import { Sheet } from "@/ui/Sheet";
import { DataView, Empty } from "@/ui/states";

import css from "./Data.module.css";

export function SnapshotsSheet({ market, open, onClose }: { market: string; open: boolean; onClose: () => void }) {
  const { t } = useTranslation("dataset");
  const admin = useIsAdmin();
  const query = useSnapshots(market, open);
  const rollback = useRollback();
  const [asking, setAsking] = useState(false);
  const data = query.data;
  const before = data?.snapshots[data.snapshots.findIndex((one) => one.is_current) + 1];
  const close = () => {
    setAsking(false);
    rollback.reset();
    onClose();
  };
  const once = useOnce();
  const go = () => {
    if (!data) return;
    once((done) =>
      rollback.mutate(
        { market, current: data.current },
        {
          onSuccess: (made) => {
            setAsking(false);
            toast("success", t("rolledBack", { market, snapshot: made.snapshot.slice(0, 6) }));
          },
          onSettled: done,
        },
      ),
    );
  };
  const changed = rollback.error instanceof ApiError && rollback.error.facts.code === "changed";
  return (
    <Sheet title={t("snapshots")} open={open} onClose={close} width={560}>
      <DataView of={query} height={160} isEmpty={(found) => found.snapshots.length === 0} empty={<Empty title={t("noSnapshots")} height={120} />}>
        {(found) => (
          <>
            <p className={css["sentence"]}>{t("snapshotsText")}</p>
            <ol className={css["snapshots"]}>
              {found.snapshots.map((one) => (
                <li key={one.id}>
                  <div>
                    <code>{one.id.slice(0, 12)}</code> {one.is_current ? <Tag mark="pass">{t("current")}</Tag> : null}
                  </div>
                  <p className="muted">
                    {moment(one.made_at)} · {span(one.first_day, one.last_day)} · {t("namesCount", { count: one.names ?? 0, number: integer(one.names) })} · {bytes(one.size_bytes)}
                  </p>
                </li>
              ))}
            </ol>
            {rollback.error ? (
              <Refusal of={rollback.error} actions={changed ? <Button small onClick={() => (rollback.reset(), void query.refetch())}>{t("retry")}</Button> : null} />
            ) : null}
            {admin && found.can_roll_back && before ? (
              asking ? (
                <div className={css["confirm"]}>
                  <p>{t("rollbackAsk", { market, from: found.current.slice(0, 6), to: before.id.slice(0, 6) })}</p>
                  <div className={css["buttons"]}>
                    <Button look="primary" small disabled={rollback.isPending} onClick={go}>{t("rollbackGo")}</Button>
                    <Button look="ghost" small onClick={() => setAsking(false)}>{t("cancel")}</Button>
                  </div>
                </div>
              ) : (
                <Button small onClick={() => setAsking(true)}>{t("rollback", { to: before.id.slice(0, 6) })}</Button>
              )
            ) : (
              <p className="muted">{found.can_roll_back && before ? t("rollbackAdmins") : t("nothingBefore")}</p>
            )}
          </>
        )}
      </DataView>
    </Sheet>
  );
}
