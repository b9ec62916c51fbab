// Says whether the built page belongs to these sources: a hash of every source and the lock file, kept beside the build.
// `--check` exits 0 when fresh, `--write` records, without arguments prints.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("..", import.meta.url));
const target = join(web, "../src/quantgpt/faces/static");
const stamp = join(target, ".stamp");
const roots = ["src", "public", "index.html", "vite.config.ts", "tsconfig.json", "package.json", "package-lock.json"];

function files(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => files(join(path, name)));
}

const hash = createHash("sha256");
for (const file of roots.flatMap((root) => files(join(web, root))).filter((file) => !/\.test\.tsx?$/.test(file)).sort()) {
  hash.update(`${relative(web, file).replaceAll("\\", "/")}\0`);
  hash.update(readFileSync(file));
  hash.update("\0");
}
const now = hash.digest("hex");

if (process.argv.includes("--write")) writeFileSync(stamp, `${now}\n`);
else if (process.argv.includes("--check")) {
  const fresh = existsSync(join(target, "index.html")) && existsSync(stamp) && readFileSync(stamp, "utf8").trim() === now;
  process.exit(fresh ? 0 : 1);
} else process.stdout.write(`${now}\n`);
