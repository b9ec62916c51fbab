/** Take files into a market: drop, look at what would be taken and refused, then write. */

import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import type { Import } from "@/api/dataTypes";
import { useImport, useImportActions, useImports, type Picked } from "@/api/imports";
import { bytes } from "@/lib/bytes";
import { share } from "@/lib/format";
import { moment } from "@/lib/moment";
import { useRefusalText } from "@/lib/refusal";
import { toast } from "@/lib/toast";
import { Card } from "@/ui/Card";
import { Button, TextButton } from "@/ui/controls";
import { Refusal } from "@/ui/Refusal";
import { ErrorNote, Loading } from "@/ui/states";

import { DropZone } from "./DropZone";
import { bytesOf, refusalOf } from "./files";
import css from "./Import.module.css";
import { ImportState } from "./ImportState";
import { startUpload, useUpload, type Upload } from "./upload";
import { useParam } from "./useView";

/** Where a new import starts: the market shown, or the one that real data goes to. */
export const targetOf = (market: { name: string; can_import: boolean } | undefined): string => (market?.can_import ? market.name : "main");

function Progress({ sending }: { sending: Upload }) {
  const { t } = useTranslation("dataset");
  const label = t(sending.share >= 1 ? "sent" : "sending", { count: sending.files, size: bytes(sending.size) });
  return (
    <div className={css["progress"]} role="status">
      <span>{label}</span>
      <progress max={1} value={sending.share} aria-label={label} />
      <span className="muted">{share(sending.share, 0)}</span>
      <Button small onClick={sending.stop}>{t("cancel")}</Button>
    </div>
  );
}

type Fault = { readonly title: string; readonly text: string } | { readonly failure: unknown };

/** What was not sent, or not taken. */
function FaultNote({ fault, onClose }: { fault: Fault; onClose: () => void }) {
  const { t } = useTranslation("dataset");
  const close = <Button small onClick={onClose}>{t("close")}</Button>;
  if ("title" in fault) return <ErrorNote title={fault.title} actions={close}>{fault.text}</ErrorNote>;
  const broken = fault.failure instanceof ApiError && fault.failure.offline;
  return <Refusal of={fault.failure} title={broken ? t("sendBroken") : undefined} actions={close}>{broken ? t("sendBrokenText") : undefined}</Refusal>;
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
          {t("otherImport", { when: moment(one.created_at), count: one.file_count ?? 0, state: t(one.state === "ready" && one.preview?.can_commit === false ? "import_unusable" : `import_${one.state}`) })}
        </TextButton>
      ))}
    </p>
  );
}

/** Shown without being asked for: the newest import that can still be written. What failed or was refused is a line below. */
const GOES_ON = new Set<Import["state"]>(["checking", "ready", "writing"]);
export const openOf = (imports: readonly Import[] | undefined): Import | undefined => imports?.find((one) => GOES_ON.has(one.state) && one.preview?.can_commit !== false);

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
  const navigate = useNavigate();
  const refusalText = useRefusalText();
  const sending = useUpload();
  const [fault, setFault] = useState<Fault | null>(null);
  // What ends after the reader has left says so where the reader is, and leaves that address alone.
  const here = useRef(false);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
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
    const outcome = await startUpload(target, files);
    if (outcome.kind === "made") {
      actions.keep(outcome.one);
      if (here.current) setAsked(outcome.one.id);
      else toast("success", t("uploaded", { count: files.length }), { action: { label: t("lookAtIt"), run: () => void navigate({ to: "/data", search: { tab: "import", import: outcome.one.id } } as never) } });
      return;
    }
    if (outcome.kind !== "failed") return;
    const { failure } = outcome;
    if (failure instanceof ApiError && failure.adminLocked) void list.refetch();
    if (here.current) setFault({ failure });
    else toast("error", t("uploadFailed", { reason: refusalText(failure).title }));
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
        {forbidden ? <Refusal of={list.error} title={t("notAllowed")} /> : null}
        {list.error && !forbidden ? <Refusal of={list.error} actions={<Button small onClick={() => void list.refetch()}>{t("retry")}</Button>} /> : null}
        {list.isPending && !list.error ? <Loading height={120} /> : null}
        {list.data ? <DropZone disabled={sending !== null} compact={compact || id !== undefined} accepts={list.data.accepts} limits={list.data.limits} onFiles={(files) => void send(files)} /> : null}
        {sending ? <Progress sending={sending} /> : null}
        {fault ? <FaultNote fault={fault} onClose={() => setFault(null)} /> : null}
        <Others imports={list.data?.imports ?? []} shown={id} onPick={setAsked} />
        {id !== undefined && list.data ? <ImportState of={one} onLeave={leave} actions={actions} /> : null}
      </div>
    </Card>
  );
}
