/** The whole comparison as one file: figures on the common range and of each run's own, differences, settings. */

import type { Comparison, PairedDifference } from "@/api/compare";
import { toCsv, type CsvCell } from "@/lib/csv";

const plain = (value: unknown): CsvCell => (value === null || value === undefined ? null : typeof value === "object" ? JSON.stringify(value) : (value as CsvCell));

/** Names stay those of the interface, so that a program reads the file in every language. */
export function comparisonCsv(data: Comparison, about: readonly string[]): string {
  const letters = data.runs.map((run) => run.letter);
  const paired = (part: (one: PairedDifference) => CsvCell, list: readonly (PairedDifference | null)[]) => letters.map((_, i) => (list[i] ? part(list[i]) : null));
  const rows: CsvCell[][] = [
    ["expression", "", ...data.runs.map((run) => run.expression)],
    ...data.metrics.flatMap((metric) => [
      [metric.name, "common", ...metric.values.map(plain)],
      [metric.name, "own", ...metric.own.map(plain)],
      ...(metric.to_first.some((one) => one !== null)
        ? [
            [metric.name, "minus_A", ...paired((one) => one.value, metric.to_first)],
            [metric.name, "minus_A_low", ...paired((one) => one.ci95?.[0] ?? null, metric.to_first)],
            [metric.name, "minus_A_high", ...paired((one) => one.ci95?.[1] ?? null, metric.to_first)],
            [metric.name, "minus_A_p", ...paired((one) => one.p, metric.to_first)],
          ]
        : []),
    ]),
    ...data.settings.map((setting) => [setting.name, "setting", ...setting.values.map(plain)]),
    ...data.correlation.matrix.map((line, i) => ["factor_correlation", letters[i] ?? "", ...line]),
  ];
  return toCsv([...about, `verdict ${data.verdict.code}`, ...(data.runs.some((run) => run.synthetic) ? ["synthetic data: not for investment"] : [])], ["name", "part", ...letters], rows);
}
