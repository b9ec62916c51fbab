/** Where files and folders are dropped; buttons do the same for everybody else. */

import { useRef, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";

import type { ImportLimits } from "@/api/dataTypes";
import type { Picked } from "@/api/imports";
import { bytes } from "@/lib/bytes";
import { integer } from "@/lib/format";
import { TextButton } from "@/ui/controls";
import { UploadIcon } from "@/ui/icons";

import { fromDrop, fromInput } from "./files";
import css from "./Import.module.css";

interface DropZoneProps {
  readonly disabled: boolean;
  readonly compact: boolean;
  readonly accepts: readonly string[];
  readonly limits: ImportLimits;
  readonly onFiles: (files: readonly Picked[]) => void;
}

export function DropZone({ disabled, compact, accepts, limits, onFiles }: DropZoneProps) {
  const { t } = useTranslation("dataset");
  const [over, setOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (list: FileList | null, input: HTMLInputElement) => {
    const found = fromInput(list);
    input.value = "";
    if (found.length > 0) onFiles(found);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!disabled) void fromDrop(event.dataTransfer).then(onFiles);
  };
  return (
    <div
      className={css["drop"]}
      data-over={over ? "" : undefined}
      data-compact={compact ? "" : undefined}
      data-testid="import-drop"
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <UploadIcon />
      <div className={css["dropText"]}>
        <p>{t("dropHere")}</p>
        <p className="muted">{t("dropLimits", { accepts: accepts.join(" "), count: limits.files, files: integer(limits.files), size: bytes(limits.bytes) })}</p>
      </div>
      <span className={css["dropButtons"]}>
        <TextButton disabled={disabled} onClick={() => files.current?.click()}>{t("chooseFiles")}</TextButton>
        <TextButton disabled={disabled} onClick={() => folder.current?.click()}>{t("chooseFolder")}</TextButton>
      </span>
      <input ref={files} type="file" multiple hidden aria-label={t("chooseFiles")} onChange={(event) => take(event.target.files, event.target)} />
      <input ref={folder} type="file" multiple hidden aria-label={t("chooseFolder")} {...{ webkitdirectory: "" }} onChange={(event) => take(event.target.files, event.target)} />
    </div>
  );
}
