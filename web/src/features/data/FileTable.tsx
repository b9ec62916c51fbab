/** What each file was recognised as, what of it is taken and what is refused, with the refused rows one click away. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { FilePreview } from "@/api/dataTypes";
import { integer, span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Absent } from "@/ui/Absent";
import { Tag, TextButton } from "@/ui/controls";
import { Sheet } from "@/ui/Sheet";

import css from "./Import.module.css";

const LOOK: Record<FilePreview["state"], "fail" | "doubt" | undefined> = { ok: undefined, imported: undefined, known: undefined, unchanged: undefined, ignored: undefined, unused: "doubt", refused: "fail" };
const TAKEN = new Set<FilePreview["state"]>(["ok", "imported", "known", "unchanged"]);
/** More files than this are shown on demand. */
const FIRST = 60;

function Refused({ file, onClose }: { file: FilePreview | null; onClose: () => void }) {
  const { t, i18n } = useTranslation("dataset");
  return (
    <Sheet title={t("refusedRows", { file: file?.name ?? "" })} open={file !== null} onClose={onClose} width={560}>
      {file?.rejected.map((reason) => (
        <section key={reason.code} className={css["refused"]}>
          <h3>{pick(reason, i18n.language)} · {t("rows", { count: reason.count, number: integer(reason.count) })}</h3>
          <ul>
            {reason.sample.map((row, i) => (
              <li key={i}><code data-user-text="">{row}</code></li>
            ))}
          </ul>
          {reason.count > reason.sample.length ? <p className="muted">{t("moreRows", { count: reason.count - reason.sample.length, number: integer(reason.count - reason.sample.length) })}</p> : null}
        </section>
      ))}
    </Sheet>
  );
}

function FileRow({ file, onRows }: { file: FilePreview; onRows: () => void }) {
  const { t, i18n } = useTranslation("dataset");
  const words = pick(file, i18n.language);
  const taken = TAKEN.has(file.state);
  const bad = file.rejected_rows ?? 0;
  return (
    <tr data-state={file.state}>
      <th scope="row"><code data-user-text="">{file.name}</code></th>
      <td>{taken ? words : <Tag {...(LOOK[file.state] ? { mark: LOOK[file.state] } : {})}>{t(`file_${file.state}`)}</Tag>}{file.state === "known" || file.state === "unchanged" ? <> <Tag>{t(`file_${file.state}`)}</Tag></> : null}{file.needs_skip ? <> <Tag mark="doubt">{t("needsSkip")}</Tag></> : null}</td>
      <td className="num">{taken ? integer(file.accepted) : <Absent many why={t("notRead", { state: t(`file_${file.state}`) })} />}</td>
      <td className="num">{bad > 0 ? <b className={css["bad"]}>{integer(bad)}</b> : taken ? integer(file.rejected_rows) : <Absent many why={t("notRead", { state: t(`file_${file.state}`) })} />}</td>
      <td className={css["note"]}>
        {taken ? (
          <>
            {bad > 0 ? (
              <>
                {file.rejected.map((reason) => `${integer(reason.count)} ${pick(reason, i18n.language)}`).join(t("joiner"))} <TextButton onClick={onRows}>{t("seeRows")}</TextButton>
              </>
            ) : file.first ? (
              t("covers", { range: span(file.first, file.last) })
            ) : (
              <Absent many why={t("noDaysInFile")} />
            )}
          </>
        ) : (
          words
        )}
      </td>
    </tr>
  );
}

export function FileTable({ files }: { files: readonly FilePreview[] }) {
  const { t } = useTranslation("dataset");
  const [open, setOpen] = useState<FilePreview | null>(null);
  const [all, setAll] = useState(false);
  const shown = all ? files : files.slice(0, FIRST);
  return (
    <>
      <div className={css["tableBox"]} tabIndex={0} role="group" aria-label={t("files")}>
        <table className={css["table"]} aria-label={t("files")}>
          <thead>
            <tr>
              <th scope="col">{t("file")}</th>
              <th scope="col">{t("recognised")}</th>
              <th scope="col" className="num">{t("accepted")}</th>
              <th scope="col" className="num">{t("rejected")}</th>
              <th scope="col">{t("explanation")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((file, i) => (
              <FileRow key={`${file.name}-${i}`} file={file} onRows={() => setOpen(file)} />
            ))}
          </tbody>
        </table>
      </div>
      {files.length > FIRST ? <p><TextButton onClick={() => setAll(!all)}>{all ? t("fewerFiles") : t("allFiles", { count: files.length })}</TextButton></p> : null}
      <Refused file={open} onClose={() => setOpen(null)} />
    </>
  );
}
