/** A card with a title that may hold a chart: the same numbers as a table, a CSV file, a picture, full screen. */

import { Menu } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { createContext, useContext, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { download, toCsv } from "@/lib/csv";
import { span } from "@/lib/format";
import { toast } from "@/lib/toast";

import css from "./Card.module.css";
import { useShownRange } from "./chart/link";
import { framed, pictureOf, type LegendItem } from "./chart/picture";
import { IconButton } from "./controls";
import { DataTable, type Column, type Row } from "./DataTable";
import { DownloadIcon, ExpandIcon, ImageIcon, TableIcon } from "./icons";
import { Legend } from "./Legend";

/** Where the numbers on this page come from; written into every file that leaves it. */
export interface Provenance {
  readonly lines: readonly string[];
  /** Days that the numbers cover; a picture of a shorter range says that range. */
  readonly span?: string;
  /** Market, snapshot and run: the foot of a picture. */
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
  /** Title with a definition behind it; the plain one still names the card. */
  readonly heading?: ReactNode;
  readonly caption?: ReactNode;
  readonly legend?: readonly LegendItem[];
  readonly tools?: ReactNode;
  /** The same numbers as a table; gives the table switch and the CSV file. */
  readonly table?: Twin | undefined;
  readonly flush?: boolean;
  /** The body is already a table: no switch is offered. */
  readonly isTable?: boolean;
  readonly children: ReactNode;
}

/** Things that a card can do, by the key that does them while its chart has the focus. */
interface Tool {
  readonly key: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly pressed?: boolean;
  readonly run: () => void;
}

export function Card({ id, title, heading, caption, legend = [], tools, table, flush = false, isTable = false, children }: CardProps) {
  const { t } = useTranslation(["card", "ui"]);
  const box = useRef<HTMLElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const [asTable, setAsTable] = useState(false);
  const touch = useMediaQuery("(pointer: coarse)") ?? false;
  const source = useContext(ProvenanceContext);
  const range = useShownRange();
  const captionText = typeof caption === "string" ? caption : "";
  const demo = source.synthetic ? t("ui:demoLine") : null;

  const saveCsv = () => {
    if (!table) return;
    const about = [`QuantGPT · ${title}${captionText ? ` · ${captionText}` : ""}`, ...source.lines, ...(demo ? [demo] : [])];
    download(`${source.fileStem}_${id ?? "table"}.csv`, toCsv(about, table.columns.map((column) => column.label), table.rows.map((row) => table.columns.map((column) => row[column.key]))));
  };
  const saveImage = () => {
    if (!body.current) return;
    const foot = [range ? span(range.from, range.to) : source.span, source.foot].filter(Boolean).join(" · ");
    pictureOf(body.current)
      .then((canvas) => framed(canvas, { title, caption: captionText, legend, foot, demo }).toBlob((blob) => {
        if (blob) download(`${source.fileStem}_${id ?? "chart"}.png`, blob);
      }))
      .catch(() => toast("error", t("noImage")));
  };
  const toggleFull = () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void box.current?.requestFullscreen().catch(() => undefined);
  };
  const all: Tool[] = [
    ...(table && !isTable ? [{ key: "t", label: asTable ? t("ui:chart") : t("ui:table"), icon: <TableIcon />, pressed: asTable, run: () => setAsTable(!asTable) }] : []),
    ...(table ? [{ key: "e", label: t("ui:csv"), icon: <DownloadIcon />, run: saveCsv }] : []),
    ...(asTable ? [] : [{ key: "p", label: t("ui:image"), icon: <ImageIcon />, run: saveImage }]),
  ];
  const full: Tool = { key: "f", label: t("ui:fullscreen"), icon: <ExpandIcon />, run: toggleFull };
  /** Keys of the focused chart; none while something is typed. */
  const onKey = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as HTMLElement).getAttribute("role") !== "img") return;
    const tool = [...all, full].find((one) => one.key === event.key);
    if (!tool) return;
    event.preventDefault();
    tool.run();
  };
  const button = (tool: Tool) => (
    <IconButton key={tool.key} label={tool.label} {...(tool.pressed === undefined ? {} : { "aria-pressed": tool.pressed })} onClick={tool.run}>{tool.icon}</IconButton>
  );

  return (
    <section ref={box} className={css["card"]} aria-label={title} data-chart={id} onKeyDown={onKey}>
      <header className={css["head"]}>
        <h3>{heading ?? title}</h3>
        {legend.length > 0 ? <Legend items={legend} /> : null}
        {caption ? <span className={css["caption"]}>{caption}</span> : null}
        <div className={css["tools"]}>
          {tools}
          {table ? (
            <div className={css["icons"]}>
              {touch ? (
                <Menu position="bottom-end" withinPortal={false}>
                  <Menu.Target>
                    <button type="button" className={css["dots"]} aria-label={t("tools")}>⋯</button>
                  </Menu.Target>
                  <Menu.Dropdown>
                    {all.map((tool) => <Menu.Item key={tool.key} leftSection={tool.icon} onClick={tool.run}>{tool.label}</Menu.Item>)}
                  </Menu.Dropdown>
                </Menu>
              ) : (
                all.map(button)
              )}
              {button(full)}
            </div>
          ) : null}
        </div>
      </header>
      <div ref={body} className={`${css["body"]} ${flush || asTable ? css["flush"] : ""}`}>
        {asTable && table ? <DataTable label={title} columns={table.columns} rows={table.rows} maxHeight={320} /> : children}
      </div>
    </section>
  );
}
