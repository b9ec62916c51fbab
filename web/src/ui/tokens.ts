/** Token values for canvas drawing, read from the page so that tokens.css stays their only home. */

import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";

import { ramp } from "@/lib/color";

import { useConvention } from "./convention";
import { usePrinting } from "./print";

const NAMES = [
  "bg", "surface", "sunken", "hover", "line", "line2", "ctl", "ink", "ink2", "ink3", "accent", "asoft", "up", "down",
  "caution", "error", "null", "bench", "g1", "g2", "g3", "g4", "g5",
  "s1", "s2", "s3", "s4", "s5", "s6",
] as const;

export type Tokens = Record<(typeof NAMES)[number], string> & { readonly groups: (count: number) => string[]; readonly series: readonly string[]; readonly sans: string };

export function readTokens(): Tokens {
  const style = getComputedStyle(document.documentElement);
  const values = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || "#888888"]));
  const stops = ["g1", "g2", "g3", "g4", "g5"].map((name) => values[name] ?? "#888888");
  return {
    ...(values as Record<(typeof NAMES)[number], string>),
    groups: (count: number) => ramp(stops, count),
    series: ["s1", "s2", "s3", "s4", "s5", "s6"].map((name) => values[name] ?? "#888888"),
    sans: style.getPropertyValue("--sans").trim() || "sans-serif",
  };
}

export function useTokens(): Tokens {
  const scheme = useComputedColorScheme("light");
  const [convention] = useConvention();
  const printing = usePrinting();
  return useMemo(readTokens, [scheme, convention, printing]);
}
