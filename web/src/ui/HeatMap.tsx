/** Many cells at once on a canvas: rows × columns on a diverging map, missing cells hatched, the cell under the pointer or the keys read out. */

import { useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { parseHex } from "@/lib/color";
import { MISSING } from "@/lib/format";

import { hatch } from "./chart/seal";
import css from "./HeatMap.module.css";
import { useTokens } from "./tokens";

type Num = number | null;

interface HeatMapProps {
  readonly label: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** values[row][column] */
  readonly values: readonly (readonly Num[])[];
  readonly format: (value: number) => string;
  /** Value of the strongest colour; the largest absolute value unless told. */
  readonly cap?: number;
  readonly height?: number;
}

const LEFT = 84;
const BOTTOM = 22;
const SHADES = 128;
/** Tables larger than this have no twin in the page: it would outweigh everything else. */
const MOST_TWIN_CELLS = 600;

type Rgb = readonly [number, number, number];

/** Colours from −1 to +1 as bytes; the middle is the ground. */
function shades(low: string, ground: string, high: string): Uint8ClampedArray {
  const ends: readonly [Rgb, Rgb, Rgb] = [parseHex(low), parseHex(ground), parseHex(high)];
  const out = new Uint8ClampedArray((2 * SHADES + 1) * 3);
  for (let i = 0; i <= 2 * SHADES; i += 1) {
    const share = Math.abs(i - SHADES) / SHADES;
    const end = i < SHADES ? ends[0] : ends[2];
    for (let part = 0; part < 3; part += 1) out[i * 3 + part] = 255 * ((ends[1][part] ?? 0) + ((end[part] ?? 0) - (ends[1][part] ?? 0)) * share);
  }
  return out;
}

/** One pixel per cell; a missing cell is left clear. */
export function pixels(values: readonly (readonly Num[])[], width: number, cap: number, colors: Uint8ClampedArray): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(new ArrayBuffer(values.length * width * 4));
  values.forEach((row, y) => {
    for (let x = 0; x < width; x += 1) {
      const value = row[x];
      if (value === null || value === undefined || !Number.isFinite(value)) continue;
      const shade = Math.round(Math.min(1, Math.max(-1, value / cap)) * SHADES) + SHADES;
      const at = (y * width + x) * 4;
      out[at] = colors[shade * 3] ?? 0;
      out[at + 1] = colors[shade * 3 + 1] ?? 0;
      out[at + 2] = colors[shade * 3 + 2] ?? 0;
      out[at + 3] = 255;
    }
  });
  return out;
}

export function HeatMap({ label, rows, columns, values, format, cap, height = 360 }: HeatMapProps) {
  const { t } = useTranslation("card");
  const tokens = useTokens();
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [cell, setCell] = useState<readonly [number, number] | null>(null);
  const strongest = useMemo(() => {
    if (cap !== undefined) return cap;
    let most = 0;
    for (const row of values) for (const value of row) if (value !== null && Math.abs(value) > most) most = Math.abs(value);
    return most || 1;
  }, [cap, values]);

  useLayoutEffect(() => {
    const frame = box.current;
    if (!frame) return;
    setWidth(Math.round(frame.getBoundingClientRect().width));
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    watcher.observe(frame);
    return () => watcher.disconnect();
  }, []);

  const [plotWidth, plotHeight] = [Math.max(0, width - LEFT), height - BOTTOM];
  useLayoutEffect(() => {
    const target = canvas.current;
    const pen = target?.getContext("2d");
    if (!target || !pen || plotWidth === 0 || rows.length === 0 || columns.length === 0) return;
    const scale = window.devicePixelRatio || 1;
    target.width = Math.round(width * scale);
    target.height = Math.round(height * scale);
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const gap = pen.createPattern(hatch(tokens.line2), "repeat");
    if (gap) {
      pen.fillStyle = gap;
      pen.fillRect(LEFT, 0, plotWidth, plotHeight);
    }
    const small = document.createElement("canvas");
    small.width = columns.length;
    small.height = rows.length;
    small.getContext("2d")?.putImageData(new ImageData(pixels(values, columns.length, strongest, shades(tokens.g1, tokens.surface, tokens.g5)), columns.length, rows.length), 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(small, LEFT, 0, plotWidth, plotHeight);
    pen.font = `12px ${tokens.sans}`;
    pen.fillStyle = tokens.ink3;
    pen.textBaseline = "middle";
    pen.textAlign = "right";
    const eachRow = plotHeight / rows.length;
    const rowStep = Math.ceil(16 / eachRow);
    rows.forEach((name, i) => {
      if (i % rowStep === 0) pen.fillText(name, LEFT - 8, Math.max(7, (i + 0.5) * eachRow), LEFT - 12);
    });
    pen.textAlign = "left";
    const eachColumn = plotWidth / columns.length;
    const columnStep = Math.ceil(72 / eachColumn);
    columns.forEach((name, i) => {
      if (i % columnStep === 0) pen.fillText(name, LEFT + i * eachColumn, plotHeight + BOTTOM / 2, 68);
    });
  }, [values, rows, columns, strongest, tokens, width, height, plotWidth, plotHeight]);

  const at = (x: number, y: number): readonly [number, number] | null => {
    const column = Math.floor(((x - LEFT) / plotWidth) * columns.length);
    const row = Math.floor((y / plotHeight) * rows.length);
    return column >= 0 && column < columns.length && row >= 0 && row < rows.length ? [row, column] : null;
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (event.key === "Escape") setCell(null);
    if (!step) return;
    event.preventDefault();
    const [row, column] = cell ?? [0, 0];
    setCell(cell ? [Math.min(rows.length - 1, Math.max(0, row + (step[0] ?? 0))), Math.min(columns.length - 1, Math.max(0, column + (step[1] ?? 0)))] : [0, 0]);
  };
  const value = cell ? (values[cell[0]]?.[cell[1]] ?? null) : null;
  const reading = cell ? `${rows[cell[0]] ?? ""} · ${columns[cell[1]] ?? ""}: ${value === null ? MISSING : format(value)}` : "";
  const place = cell ? { left: LEFT + ((cell[1] + 0.5) / columns.length) * plotWidth, top: ((cell[0] + 0.5) / rows.length) * plotHeight } : null;
  const few = rows.length * columns.length <= MOST_TWIN_CELLS;
  return (
    <div ref={box} className={css["box"]} style={{ height }} data-testid="heatmap">
      <div
        className={css["plot"]}
        role="img"
        tabIndex={0}
        aria-label={`${label}. ${t("heatKeys", { rows: rows.length, columns: columns.length })}`}
        onKeyDown={onKey}
        onBlur={() => setCell(null)}
        onPointerMove={(event) => {
          const frame = event.currentTarget.getBoundingClientRect();
          const next = at(event.clientX - frame.left, event.clientY - frame.top);
          if (next?.[0] !== cell?.[0] || next?.[1] !== cell?.[1]) setCell(next);
        }}
        onPointerLeave={() => setCell(null)}
      >
        <canvas ref={canvas} style={{ width: "100%", height }} aria-hidden="true" />
      </div>
      {place ? (
        <div className={css["tip"]} data-side={place.left > width / 2 ? "left" : "right"} style={place} aria-live="polite">{reading}</div>
      ) : null}
      {few ? (
        <div className={css["twin"]}>
          <table aria-label={label}>
            <thead>
              <tr><td />{columns.map((name) => <th key={name} scope="col">{name}</th>)}</tr>
            </thead>
            <tbody>
              {rows.map((name, i) => (
                <tr key={name}><th scope="row">{name}</th>{columns.map((column, k) => { const one = values[i]?.[k] ?? null; return <td key={column}>{one === null ? MISSING : format(one)}</td>; })}</tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </div>
  );
}
