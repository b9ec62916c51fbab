/** Tables as files. */

export type CsvCell = string | number | boolean | null | undefined;

function cell(value: CsvCell): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  let text = String(value);
  // A spreadsheet would run these as formulas.
  if (/^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text))) text = `'${text}`;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV text: byte order mark, `#` lines about where the numbers come from, a header, rows. */
export function toCsv(about: readonly string[], header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  const lines = [...about.map((line) => `# ${line.replaceAll(/[\r\n]+/g, " ")}`), header.map(cell).join(",")];
  for (const row of rows) lines.push(row.map(cell).join(","));
  return `\ufeff${lines.join("\r\n")}\r\n`;
}

/** Hand a file to the reader. */
export function download(name: string, content: Blob | string, type = "text/csv;charset=utf-8"): void {
  const blob = typeof content === "string" ? new Blob([content], { type }) : content;
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name.replaceAll(/[^\w.\-]+/g, "_");
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
