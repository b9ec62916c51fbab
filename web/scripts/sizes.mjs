// Weighs the build: what the first paint loads must stay under the budget, compressed. Chart code comes later and is listed apart.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET = 450 * 1000;
const target = fileURLToPath(new URL("../../src/quantgpt/faces/static", import.meta.url));
const html = readFileSync(join(target, "index.html"), "utf8");
const assets = readdirSync(join(target, "assets"));
const weight = (name) => gzipSync(readFileSync(join(target, "assets", name)), { level: 9 }).length;

// The entry, what it imports statically, and the words of one language.
const seen = new Set();
const visit = (name) => {
  if (seen.has(name) || !assets.includes(name)) return;
  seen.add(name);
  if (!name.endsWith(".js")) return;
  const code = readFileSync(join(target, "assets", name), "utf8");
  for (const match of code.matchAll(/(?:^|[;}\s])(?:import|export)(?:[^"'()]*?from)?["']\.\/([^"']+)["']/g)) visit(match[1]);
};
for (const match of html.matchAll(/assets\/([^"']+\.(?:js|css))/g)) visit(match[1]);
for (const name of assets) if (/^zh-.*\.js$/.test(name)) visit(name);

let js = 0;
for (const name of assets.filter((asset) => /\.(js|css)$/.test(asset)).sort()) {
  const size = weight(name);
  if (seen.has(name) && name.endsWith(".js")) js += size;
  process.stdout.write(`${seen.has(name) ? "first" : "later"}  ${(size / 1000).toFixed(1).padStart(7)} kB gz  ${name}\n`);
}
process.stdout.write(`first JavaScript: ${(js / 1000).toFixed(1)} kB gz of ${BUDGET / 1000}\n`);
if (js > BUDGET) process.exit(1);
