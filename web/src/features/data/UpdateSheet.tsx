/** Ask a source for what is new: the difference first, then writing it. */

import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import { useForgetMarket } from "@/api/data";
import type { Update } from "@/api/dataTypes";
import { isUnderWay, useUpdate, useUpdateActions } from "@/api/imports";
import { integer } from "@/lib/format";
import { useOnce } from "@/lib/once";
import { Button, TextButton } from "@/ui/controls";
import { Refusal } from "@/ui/Refusal";
import { Sheet } from "@/ui/Sheet";
import { DataView, Strip } from "@/ui/states";

import css from "./Data.module.css";
import { FileTable } from "./FileTable";
import { asRefusal, Working } from "./ImportState";

/** Show the difference; with `apply`, say that it was written. */
function Report({ update, onApply, busy }: { update: Update; onApply: () => void; busy: boolean }) {
  const { t } = useTranslation("dataset");
  const report = update.report;
  if (!report) return null;
  if (report.nothing) return <Strip calm>{t("updateNothing")}</Strip>;
  const { totals } = report;
  return (
    <div className={css["stack"]}>
      {report.applied ? (
        <Strip calm>{t("updateDone", { added: integer(totals.added), changed: integer(totals.changed), snapshot: report.snapshot.slice(0, 6) })}</Strip>
      ) : (
        <p className={css["sentence"]}>{t("updateWould", { added: integer(totals.added), changed: integer(totals.changed), rejected: integer(totals.rejected) })}</p>
      )}
      <FileTable files={report.files} />
      {report.applied ? null : <div className={css["buttons"]}><Button look="primary" disabled={busy} onClick={onApply}>{t("updateApply")}</Button></div>}
    </div>
  );
}

export function UpdateSheet({ market, open, onClose }: { market: string; open: boolean; onClose: () => void }) {
  const { t } = useTranslation("dataset");
  const [id, setId] = useState<string | undefined>(undefined);
  const { start, stop } = useUpdateActions(market);
  const query = useUpdate(id);
  const forget = useForgetMarket();
  const asked = useRef(false);
  const update = query.data;
  const written = update?.report?.applied === true;
  const before = useRef(written);
  useEffect(() => {
    if (!before.current && written) forget();
    before.current = written;
  }, [written, forget]);

  const once = useOnce();
  const ask = (apply: boolean) =>
    once((done) =>
      start.mutate({ apply, seen: apply ? id : undefined }, {
        onSuccess: (made) => setId(made.id),
        onError: (reason) => {
          // One of this market is under way already: watch that one.
          if (reason instanceof ApiError && reason.facts.code === "busy" && typeof reason.facts.nearest === "string") setId(reason.facts.nearest);
        },
        onSettled: done,
      }),
    );
  useEffect(() => {
    if (!open) {
      asked.current = false;
      return;
    }
    if (asked.current || id !== undefined) return;
    asked.current = true;
    ask(false);
    // Opening the sheet is the question; nothing else asks.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [open]);
  const anew = () => {
    setId(undefined);
    start.reset();
    ask(false);
  };
  const failure = start.error && id === undefined ? start.error : null;
  return (
    <Sheet title={t("updateTitle", { market })} open={open} onClose={onClose} width={640}>
      {failure ? (
        <Refusal of={failure} actions={<Button small onClick={anew}>{t("retry")}</Button>} />
      ) : null}
      {!failure && id === undefined ? <Working job={null} title={t("updateAsking")} /> : null}
      {id !== undefined ? (
        <DataView of={query} height={120}>
          {(one) => (
            <div className={css["stack"]}>
              {isUnderWay(one) ? <Working job={one.job} title={t(one.apply ? "updateWriting" : "updateLooking", { source: one.source ?? "" })} /> : null}
              {isUnderWay(one) ? <div className={css["buttons"]}><Button small disabled={stop.isPending} onClick={() => stop.mutate(one.id)}>{t("stop")}</Button></div> : null}
              {one.error ? <Refusal of={asRefusal(one.error)} actions={<Button small onClick={anew}>{t("retry")}</Button>} /> : null}
              {!isUnderWay(one) && !one.error ? <p><TextButton onClick={anew}>{t("askAgain")}</TextButton></p> : null}
              <Report update={one} busy={start.isPending} onApply={() => ask(true)} />
            </div>
          )}
        </DataView>
      ) : null}
    </Sheet>
  );
}
