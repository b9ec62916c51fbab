/** The parts whose speed is promised, each alone on a page: `?what=chart`, `heatmap` or `table`. Built and driven by `python -m bench web`. */

import { useCallback, useState, type ComponentType } from "react";
import { createRoot } from "react-dom/client";

import { words } from "@/app/lang/zh";
import { startLanguages } from "@/lib/i18n";
import { Chart } from "@/ui/chart/Chart";
import { dayLines } from "@/ui/chart/dayLines";
import { LinkContext, makeLink } from "@/ui/chart/link";
import { DataTable } from "@/ui/DataTable";
import { HeatMap } from "@/ui/HeatMap";
import type { Tokens } from "@/ui/tokens";
import { UiProvider } from "@/ui/UiProvider";

const DAYS = 2520;
const ROWS = 300;
const COLUMNS = 250;
const TABLE_ROWS = 10_000;

/** Numbers that are the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

const days = Array.from({ length: DAYS }, (_, i) => new Date(Date.UTC(2015, 0, 5) + Math.floor((i * 7) / 5) * 86_400_000).toISOString().slice(0, 10));
const walk = (seed: number) => {
  const next = numbers(seed);
  let level = 1;
  return days.map(() => (level *= 1 + next() * 0.03));
};
const lines = [1, 2, 3, 4].map((seed) => ({ name: `line ${seed}`, values: walk(seed) }));

function Pan() {
  const [link] = useState(() => makeLink({ from: "2018-01-02", to: "2018-12-28" }));
  const option = useCallback(
    (tokens: Tokens) =>
      dayLines(tokens, {
        days,
        lines: lines.map((line, i) => ({ ...line, color: [tokens.accent, tokens.bench, tokens.ink, tokens.ink3][i] ?? tokens.accent })),
        language: "zh",
        format: (value) => value.toFixed(4),
        zero: 1,
      }),
    [],
  );
  return (
    <LinkContext.Provider value={link}>
      <Chart label="bench" height={420} option={option} />
    </LinkContext.Provider>
  );
}

const next = numbers(7);
const cells = Array.from({ length: ROWS }, () => Array.from({ length: COLUMNS }, () => (next() > 0.48 ? null : next())));

function Heat() {
  const [shown, setShown] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setShown(!shown)}>
        draw
      </button>
      {shown ? <HeatMap label="bench" rows={cells.map((_, i) => `r${i}`)} columns={(cells[0] ?? []).map((_, i) => `c${i}`)} values={cells} format={(value) => value.toFixed(2)} /> : null}
    </>
  );
}

const COLUMN_KEYS = ["code", "name", "value", "rank", "weight"];
const rows = Array.from({ length: TABLE_ROWS }, (_, i) => ({ code: String(600000 + i), name: `name ${i}`, value: next(), rank: i, weight: next() }));

function Table() {
  return <DataTable label="bench" sortable maxHeight={600} columns={COLUMN_KEYS.map((key) => ({ key, label: key, numeric: key !== "code" && key !== "name" }))} rows={rows} />;
}

const PARTS: Record<string, ComponentType> = { chart: Pan, heatmap: Heat, table: Table };

async function start(): Promise<void> {
  await startLanguages("zh", words);
  const Part = PARTS[new URLSearchParams(window.location.search).get("what") ?? ""];
  const root = document.getElementById("root");
  if (!root || !Part) return;
  createRoot(root).render(
    <UiProvider>
      <Part />
    </UiProvider>,
  );
}

void start();
