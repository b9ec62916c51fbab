/** One import on its way: looked through, waiting for a word, being written, done or refused. */

import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import type { DataJob, Failure, Import, ImportPreview } from "@/api/dataTypes";
import type { useImportActions } from "@/api/imports";
import { integer, span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { useOnce } from "@/lib/once";
import { Button, MarkIcon } from "@/ui/controls";
import { Refusal } from "@/ui/Refusal";
import { DataView, ErrorNote, type Loadable } from "@/ui/states";

import { FileTable } from "./FileTable";
import css from "./Import.module.css";

type Actions = ReturnType<typeof useImportActions>;

export function Working({ job, title }: { job: DataJob | null; title: string }) {
  const known = typeof job?.pct === "number";
  return (
    <div className={css["progress"]} role="status">
      <span>{title}</span>
      <progress max={100} {...(known ? { value: job.pct ?? 0 } : {})} aria-label={title} />
      <span className="muted">{job?.message}</span>
    </div>
  );
}

/** What would be another after writing. */
function Changes({ preview, market }: { preview: ImportPreview; market: string }) {
  const { t } = useTranslation("dataset");
  const { i18n } = useTranslation();
  const { changes } = preview;
  if (preview.refused) return <p className={css["changes"]}>{pick({ zh: preview.refused, en: preview.refused_en }, i18n.language)}</p>;
  if (preview.totals.usable === 0) return null;
  if (changes.nothing) return <p className={css["changes"]}>{t("changesNothing")}</p>;
  return (
    <p className={css["changes"]}>
      <b>{t("afterwards")}</b>
      <span>{t("newSessions", { count: changes.new_sessions, number: integer(changes.new_sessions) })}</span>
      {changes.first ? <span>{span(changes.first, changes.last)}</span> : null}
      <span>{t("newRows", { count: changes.new_rows, number: integer(changes.new_rows) })}</span>
      <span>{t("changedRows", { count: changes.changed_rows, number: integer(changes.changed_rows) })}</span>
      {changes.new_names > 0 ? <span>{t("newNames", { count: changes.new_names, number: integer(changes.new_names) })}</span> : null}
      {changes.lists ? <span>{t("listsChange")}</span> : null}
      <span>{t("intoMarket", { market })}</span>
    </p>
  );
}

/** What a job says of its own fault is read like a refusal. */
export const asRefusal = (failure: Failure) => ({ message: failure.detail, facts: { code: failure.code ?? undefined, hint: failure.hint ?? undefined, english: failure.detail_en ?? undefined } });

function Fault({ failure, children }: { failure: Error | Failure; children?: ReactNode }) {
  return <Refusal of={failure instanceof Error ? failure : asRefusal(failure)} actions={children} />;
}

function Ready({ one, actions, onLeave }: { one: Import; actions: Actions; onLeave: () => void }) {
  const { t } = useTranslation("dataset");
  const [skip, setSkip] = useState(false);
  const once = useOnce();
  const preview = one.preview;
  if (!preview) return null;
  const { commit, again, discard } = actions;
  const write = () => once((done) => commit.mutate({ id: one.id, skip }, { onSettled: done }));
  const failure = commit.error ?? again.error;
  const changed = commit.error instanceof ApiError && commit.error.facts.code === "changed";
  const blocked = preview.needs_skip_bad_rows && !skip;
  return (
    <div className={css["stack"]} data-testid="import-preview">
      <FileTable files={preview.files} />
      <Changes preview={preview} market={one.market} />
      {preview.needs_skip_bad_rows && preview.can_commit ? (
        <label className={css["check"]}>
          <input type="checkbox" checked={skip} onChange={(event) => setSkip(event.target.checked)} />
          {t("skipBadRows", { count: preview.totals.rejected, number: integer(preview.totals.rejected) })}
        </label>
      ) : null}
      {failure ? <Fault failure={failure}>{changed ? <Button small disabled={again.isPending} onClick={() => again.mutate(one.id, { onSuccess: () => commit.reset() })}>{t("lookAgain")}</Button> : null}</Fault> : null}
      <div className={css["buttons"]}>
        {preview.can_commit ? (
          <Button look="primary" data-testid="import-commit" disabled={blocked || commit.isPending} onClick={write}>
            {t("commit", { count: preview.totals.usable })}
          </Button>
        ) : null}
        <Button look="ghost" disabled={discard.isPending} onClick={() => discard.mutate(one.id, { onSuccess: onLeave })}>{t("discard")}</Button>
        {!preview.can_commit ? (preview.refused ? null : <span className="muted">{t("cannotCommit")}</span>) : blocked ? <span className="muted">{t("skipFirst")}</span> : null}
      </div>
    </div>
  );
}

function Body({ one, actions, onLeave }: { one: Import; actions: Actions; onLeave: () => void }) {
  const { t } = useTranslation("dataset");
  const drop = <Button small onClick={() => actions.discard.mutate(one.id, { onSuccess: onLeave })}>{t("discard")}</Button>;
  if (one.state === "checking") return <Working job={one.job} title={t("checking", { count: one.file_count ?? 0 })} />;
  if (one.state === "writing") return <Working job={one.job} title={t("writing", { market: one.market })} />;
  if (one.state === "ready") return <Ready one={one} actions={actions} onLeave={onLeave} />;
  if (one.state === "done") {
    const result = one.result;
    return (
      <div className={css["stack"]} data-testid="import-done">
        <p className={css["done"]} role="status">
          <MarkIcon mark="pass" />
          <span>{result?.changed === false
            ? t("doneSame")
            : t("done", { added: integer(result?.added), changed: integer(result?.changed_rows), rejected: integer(result?.rejected), snapshot: (result?.snapshot ?? "").slice(0, 6), market: one.market })}</span>
          <Button small onClick={onLeave}>{t("close")}</Button>
        </p>
        {one.preview ? <FileTable files={one.preview.files} /> : null}
      </div>
    );
  }
  return (
    <div className={css["stack"]}>
      <Fault failure={one.error ?? { detail: t("failedUnknown"), code: null, hint: null }}>
        {one.state === "failed" ? <Button small disabled={actions.again.isPending} onClick={() => actions.again.mutate(one.id)}>{t("lookAgain")}</Button> : null}
        {drop}
      </Fault>
      {one.preview ? <FileTable files={one.preview.files} /> : null}
    </div>
  );
}

export function ImportState({ of, actions, onLeave }: { of: Loadable<Import>; actions: Actions; onLeave: () => void }) {
  const { t } = useTranslation("dataset");
  const gone = of.error instanceof ApiError && of.error.status === 404;
  if (gone) return <ErrorNote title={t("importGone")} actions={<Button small onClick={onLeave}>{t("startAnew")}</Button>}>{t("importGoneText")}</ErrorNote>;
  return <DataView of={of} height={120}>{(one) => <Body one={one} actions={actions} onLeave={onLeave} />}</DataView>;
}
