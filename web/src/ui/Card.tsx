/** A card with a title that may hold a chart: the same numbers as a table, a CSV file, a picture, full screen. */

import { createContext, useContext, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { download, toCsv } from "@/lib/csv";

import css from "./Card.module.css";
import { pictureOf } from "./chart/Chart";
import { IconButton } from "./controls";
import { DataTable, type Column, type Row } from "./DataTable";
import { DownloadIcon, ExpandIcon, ImageIcon, TableIcon } from "./icons";

/** Where the numbers on this page come from; written into every file that leaves it. */
export interface Provenance {
  readonly lines: readonly string[];
  readonly foot: string;
  readonly fileStem: string;
  readonly synthetic: boolean;
}

const ProvenanceContext = createContext<Provenance>({ lines: [], foot: "", fileStem: "quantgpt", synthetic: false });
export const ProvenanceProvider = ProvenanceContext.Provider;

export interface Twin {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

interface CardProps {
  readonly id?: string;
  readonly title: string;
  readonly caption?: ReactNode;
  readonly tools?: ReactNode;
  /** The same numbers as a table; gives the table switch and the CSV file. */
  readonly table?: Twin | undefined;
  readonly flush?: boolean;
  /** The body is already a table: only the file is offered. */
  readonly isTable?: boolean;
  readonly children: ReactNode;
}

const FOOT = 28;
const HEAD = 46;

/** The chart's canvas with title, caption and a foot that says where it comes from. */
function picture(canvas: HTMLCanvasElement, title: string, caption: string, foot: string, demo: string | null): HTMLCanvasElement {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const scale = 2;
  const width = canvas.width / scale;
  const height = canvas.height / scale;
  const out = document.createElement("canvas");
  out.width = width * scale;
  out.height = (height + HEAD + FOOT) * scale;
  const pen = out.getContext("2d");
  if (!pen) return canvas;
  pen.scale(scale, scale);
  pen.fillStyle = token("--surface");
  pen.fillRect(0, 0, width, height + HEAD + FOOT);
  const family = token("--sans");
  pen.textBaseline = "middle";
  pen.fillStyle = token("--ink");
  pen.font = `600 14px ${family}`;
  pen.fillText(title, 14, HEAD / 2);
  const titleWidth = pen.measureText(title).width;
  pen.font = `400 12px ${family}`;
  pen.fillStyle = token("--ink3");
  pen.fillText(caption, 14 + titleWidth + 10, HEAD / 2);
  pen.drawImage(canvas, 0, HEAD, width, height);
  pen.fillText(foot, 14, height + HEAD + FOOT / 2);
  if (demo) {
    pen.fillStyle = token("--caution");
    pen.textAlign = "right";
    pen.fillText(demo, width - 14, height + HEAD + FOOT / 2);
  }
  return out;
}

export function Card({ id, title, caption, tools, table, flush = false, isTable = false, children }: CardProps) {
  const { t } = useTranslation("ui");
  const box = useRef<HTMLElement>(null);
  const [asTable, setAsTable] = useState(false);
  const source = useContext(ProvenanceContext);
  const captionText = typeof caption === "string" ? caption : "";

  const saveCsv = () => {
    if (!table) return;
    const demo = source.synthetic ? [t("demoLine")] : [];
    const about = [`QuantGPT · ${title}${captionText ? ` · ${captionText}` : ""}`, ...source.lines, ...demo];
    download(`${source.fileStem}_${id ?? "table"}.csv`, toCsv(about, table.columns.map((column) => column.label), table.rows.map((row) => table.columns.map((column) => row[column.key]))));
  };
  const saveImage = () => {
    const canvas = pictureOf(box.current);
    if (!canvas) return;
    picture(canvas, title, captionText, source.foot, source.synthetic ? t("demoLine") : null).toBlob((blob) => {
      if (blob) download(`${source.fileStem}_${id ?? "chart"}.png`, blob);
    });
  };
  const toggleFull = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void box.current?.requestFullscreen().catch(() => undefined);
  };
  const drawn = table !== undefined && !isTable;
  /** Keys of the focused chart; none while something is typed. */
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    if (!drawn || event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).getAttribute("role") !== "img") return;
    const act = { t: () => setAsTable(!asTable), f: toggleFull, e: saveCsv }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  return (
    <section ref={box} className={css["card"]} aria-label={title} data-chart={id} onKeyDown={onKey}>
      <header className={css["head"]}>
        <h3>{title}</h3>
        {caption ? <span className={css["caption"]}>{caption}</span> : null}
        <div className={css["tools"]}>
          {tools}
          {table ? (
            <div className={css["icons"]}>
              {drawn ? <IconButton label={asTable ? t("chart") : t("table")} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}><TableIcon /></IconButton> : null}
              <IconButton label={t("csv")} className={css["fine"] ?? ""} onClick={saveCsv}><DownloadIcon /></IconButton>
              {drawn && !asTable ? <IconButton label={t("image")} className={`${css["fine"] ?? ""} image-tool`} onClick={saveImage}><ImageIcon /></IconButton> : null}
              {drawn ? <IconButton label={t("fullscreen")} onClick={toggleFull}><ExpandIcon /></IconButton> : null}
            </div>
          ) : null}
        </div>
      </header>
      <div className={`${css["body"]} ${flush || asTable ? css["flush"] : ""}`}>
        {asTable && table ? <DataTable label={title} columns={table.columns} rows={table.rows} maxHeight={320} /> : children}
      </div>
    </section>
  );
}
