/** The slice of days that a search leaves alone, drawn on every chart over time: hatched while closed, tinted once opened. */

import type { EChartsOption } from "echarts";
import { createContext } from "react";

import type { Tokens } from "@/ui/tokens";

import { stamp } from "./parts";

export interface Seal {
  readonly state: "sealed" | "opened";
  readonly from: string;
  readonly to: string;
  /** Lines of the note inside, the most important first. */
  readonly note: readonly string[];
}

/** null: nothing is sealed, or the page does not know. */
export const SealContext = createContext<Seal | null>(null);

/** Below this width the note keeps its first line only; below half of it there is none. */
const NOTE_WIDTH = 170;

const hatches = new Map<string, HTMLCanvasElement>();

/** Diagonal lines at 45 degrees, as a tile. */
export function hatch(color: string): HTMLCanvasElement {
  const kept = hatches.get(color);
  if (kept) return kept;
  const size = 8;
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext("2d");
  if (pen) {
    pen.strokeStyle = color;
    pen.lineWidth = 1;
    pen.beginPath();
    for (const shift of [-size, 0, size]) {
      pen.moveTo(shift, size);
      pen.lineTo(shift + size, 0);
    }
    pen.stroke();
  }
  hatches.set(color, tile);
  return tile;
}

export const hatched = (color: string) => ({ image: hatch(color) as never, repeat: "repeat" as const });

type Loose = Record<string, unknown>;
const list = (value: unknown): Loose[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]) as Loose[];

/** The option with the slice in it; the axes then run to its end. */
export function withSeal(option: EChartsOption, seal: Seal, tokens: Tokens, width: number, note: boolean): EChartsOption {
  const axes = list(option.xAxis).map((axis) => (axis["type"] === "time" ? { ...axis, max: Math.max(stamp(seal.to), typeof axis["max"] === "number" ? axis["max"] : 0) } : axis));
  const lines = width >= NOTE_WIDTH ? seal.note : width >= NOTE_WIDTH / 2 ? seal.note.slice(0, 1) : [];
  const closed = seal.state === "sealed";
  const bands = axes.flatMap((axis, i) => {
    if (axis["type"] !== "time") return [];
    const written = note && i === 0 && lines.length > 0;
    return [
      {
        type: "line",
        name: "",
        silent: true,
        xAxisIndex: i,
        yAxisIndex: i,
        data: [],
        z: 1,
        markArea: {
          silent: true,
          itemStyle: closed ? { color: hatched(tokens.line2) } : { color: tokens.accent, opacity: 0.04 },
          label: written
            ? {
                show: true,
                position: closed ? "inside" : "insideTop",
                formatter: lines.map((line, k) => `{${k === 0 ? "first" : "more"}|${line}}`).join("\n"),
                backgroundColor: tokens.surface,
                padding: [4, 8],
                rich: { first: { color: tokens.ink, fontSize: 12, fontWeight: 600, lineHeight: 18, align: "center" }, more: { color: tokens.ink2, fontSize: 12, lineHeight: 18, align: "center" } },
              }
            : { show: false },
          data: [[{ xAxis: stamp(seal.from) }, { xAxis: stamp(seal.to) }]],
        },
      },
    ];
  });
  return { ...option, xAxis: Array.isArray(option.xAxis) ? axes : axes[0], series: [...list(option.series), ...bands] } as EChartsOption;
}
