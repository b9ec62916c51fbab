/** Take files into a market: drop, look at what would be taken and refused, then write. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import type { Import } from "@/api/dataTypes";
import { sendFiles, useImport, useImportActions, useImports, type Picked } from "@/api/imports";
import { bytes } from "@/lib/bytes";
import { share } from "@/lib/format";
import { moment } from "@/lib/moment";
import { Card } from "@/ui/Card";
import { Button, TextButton } from "@/ui/controls";
import { ErrorNote, Loading } from "@/ui/states";

import { DropZone } from "./DropZone";
import { bytesOf, refusalOf } from "./files";
import css from "./Import.module.css";
import { ImportState } from "./ImportState";
import { useParam } from "./useView";

interface Sending {
  readonly files: number;
  readonly size: number;
  readonly share: number;
  readonly stop: AbortController;
}

/** Where a new import starts: the market shown, or the one that real data goes to. */
export const targetOf = (market: { name: string; can_import: boolean } | undefined): string => (market?.can_import ? market.name : "main");

function Progress({ sending }: { sending: Sending }) {
  const { t } = useTranslation("dataset");
  const label = t(sending.share >= 1 ? "sent" : "sending", { count: sending.files, size: bytes(sending.size) });
  return (
    <div className={css["progress"]} role="status">
      <span>{label}</span>
      <progress max={1} value={sending.share} aria-label={label} />
      <span className="muted">{share(sending.share, 0)}</span>
      <Button small onClick={() => sending.stop.abort()}>{t("cancel")}</Button>
    </div>
  );
}

/** Other imports that wait for somebody. */
function Others({ imports, shown, onPick }: { imports: readonly Import[]; shown: string | undefined; onPick: (id: string) => void }) {
  const { t } = useTranslation("dataset");
  const others = imports.filter((one) => one.id !== shown && one.state !== "done");
  if (others.length === 0) return null;
  return (
    <p className={css["others"]}>
      <span className="muted">{t("otherImports")}</span>
      {others.map((one) => (
        <TextButton key={one.id} onClick={() => onPick(one.id)}>
          {t("otherImport", { when: moment(one.created_at), count: one.file_count ?? 0, state: t(`import_${one.state}`) })}
        </TextButton>
      ))}
    </p>
  );
}

/** The newest import that still waits for somebody. */
const openOf = (imports: readonly Import[] | undefined): Import | undefined => imports?.find((one) => one.state !== "done");

interface ImportCardProps {
  readonly market: { readonly name: string; readonly can_import: boolean } | undefined;
  /** What stands here for those who may not import. */
  readonly door: ReactNode;
  readonly compact?: boolean;
}

export function ImportCard({ market, door, compact = false }: ImportCardProps) {
  const { t } = useTranslation("dataset");
  const client = useQueryClient();
  const list = useImports();
  const actions = useImportActions();
  const [asked, setAsked] = useParam("import");
  const id = asked ?? openOf(list.data?.imports)?.id;
  const one = useImport(id);
  const [sending, setSending] = useState<Sending | null>(null);
  const [fault, setFault] = useState<{ title: string; text?: string | undefined } | null>(null);
  const target = targetOf(market);
  const state = one.data?.state;
  const before = useRef(state);
  useEffect(() => {
    if (before.current !== "done" && state === "done") actions.forget();
    before.current = state;
  }, [state, actions]);

  const send = async (files: readonly Picked[]) => {
    const limits = list.data?.limits;
    if (!limits || sending) return;
    const refusal = refusalOf(files, limits);
    if (refusal) {
      setFault({ title: t(`refused_${refusal}`, { count: files.length, most: limits.files, size: bytes(bytesOf(files)), limit: bytes(limits.bytes) }), text: t(`refused_${refusal}_text`) });
      return;
    }
    setFault(null);
    const stop = new AbortController();
    setSending({ files: files.length, size: bytesOf(files), share: 0, stop });
    try {
      const made = await sendFiles({ market: target, files, signal: stop.signal, onShare: (part) => setSending((old) => (old ? { ...old, share: part } : old)) });
      actions.keep(made);
      setAsked(made.id);
    } catch (reason) {
      if (stop.signal.aborted) return;
      const api = reason instanceof ApiError ? reason : null;
      if (api?.adminLocked) void list.refetch();
      setFault(api?.offline ? { title: t("sendBroken"), text: t("sendBrokenText") } : { title: api?.message ?? String(reason), text: api?.facts.hint });
    } finally {
      setSending(null);
    }
  };
  const leave = () => {
    setAsked(undefined);
    void client.invalidateQueries({ queryKey: ["data", "imports"] });
  };

  if (list.error instanceof ApiError && list.error.adminLocked) return <>{door}</>;
  const forbidden = list.error instanceof ApiError && (list.error.status === 403 || list.error.status === 401);
  return (
    <Card id="import" title={t("importTitle")} caption={one.data?.preview && state === "ready" ? t("nothingWritten") : t("importCaption", { market: target })}>
      <div className={css["stack"]}>
        {forbidden ? <ErrorNote title={t("notAllowed")}>{list.error?.message}</ErrorNote> : null}
        {list.error && !forbidden ? <ErrorNote title={list.error instanceof ApiError && list.error.offline ? t("offline") : list.error.message} actions={<Button small onClick={() => void list.refetch()}>{t("retry")}</Button>} /> : null}
        {list.isPending && !list.error ? <Loading height={120} /> : null}
        {list.data ? <DropZone disabled={sending !== null} compact={compact || id !== undefined} accepts={list.data.accepts} limits={list.data.limits} onFiles={(files) => void send(files)} /> : null}
        {sending ? <Progress sending={sending} /> : null}
        {fault ? <ErrorNote title={fault.title} actions={<Button small onClick={() => setFault(null)}>{t("close")}</Button>}>{fault.text}</ErrorNote> : null}
        <Others imports={list.data?.imports ?? []} shown={id} onPick={setAsked} />
        {id !== undefined && list.data ? <ImportState of={one} onLeave={leave} actions={actions} /> : null}
      </div>
    </Card>
  );
}
