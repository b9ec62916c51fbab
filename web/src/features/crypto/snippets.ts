/** The same job over the signed interface: as a command line and in Python. Keys stand in variables, never in the text. */

import type { JobConfig } from "@/api/cryptoTypes";

const PATH = "/v1/backtest/jobs";

/** In a single-quoted word of a shell. */
const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** What to send for the very same job: a stored strategy that it came from may be gone, and all of its fields are here. */
export const askOf = (config: JobConfig) => Object.fromEntries(Object.entries(config).filter(([name]) => name !== "strategy_id"));

export function curlOf(config: JobConfig, origin: string): string {
  return [
    `API_KEY='pk_…'  SECRET='…'`,
    `BODY=${quoted(JSON.stringify(askOf(config)))}`,
    "TS=$(($(date +%s) * 1000 + RANDOM % 1000))",
    `SIG=$(printf '%s' "\${TS}POST${PATH}\${BODY}" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.* //')`,
    `curl -sS ${quoted(origin + PATH)} \\`,
    `  -H "X-PipAI-API-Key: $API_KEY" -H "X-PipAI-Timestamp: $TS" -H "X-PipAI-Signature: $SIG" \\`,
    `  -H 'Content-Type: application/json' --data-binary "$BODY"`,
  ].join("\n");
}

const LITERALS: Readonly<Record<string, string>> = { true: "True", false: "False", null: "None" };

/** JSON as Python writes it; the strings of a configuration hold nothing that the two spell differently. */
function python(value: unknown, indent = ""): string {
  const deeper = `${indent}    `;
  if (Array.isArray(value)) return `[${value.map((one) => python(one, deeper)).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{\n${Object.entries(value).map(([name, one]) => `${deeper}${JSON.stringify(name)}: ${python(one, deeper)},\n`).join("")}${indent}}`;
  }
  const text = JSON.stringify(value);
  return LITERALS[text] ?? text;
}

export function pythonOf(config: JobConfig, origin: string): string {
  return [
    "import os",
    "",
    "from quantgpt.client import SignedJobs",
    "",
    `jobs = SignedJobs(${JSON.stringify(origin)}, os.environ["API_KEY"], os.environ["SECRET"])`,
    "job = jobs.create(",
    ...Object.entries(askOf(config)).map(([name, value]) => `    ${name}=${python(value, "    ")},`),
    ")",
    `print(jobs.wait(job["id"])["result"]["metrics"])`,
  ].join("\n");
}
