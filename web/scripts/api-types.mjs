// Types of the REST interface. `npm run api` asks the Python package for its OpenAPI description, keeps it in openapi.json and
// writes src/api/schema.d.ts from it. With `--keep` the committed openapi.json is used as it is.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import openapiTS, { astToString } from "openapi-typescript";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const snapshot = here("../openapi.json");
const describe = `
import json, sys, tempfile
from pathlib import Path
from quantgpt.bootstrap import build_app
from quantgpt.faces.rest.app import create_api
from quantgpt.foundations.settings import load_settings
with tempfile.TemporaryDirectory() as home:
    app = build_app(load_settings(home=Path(home), database_url=None))
    app.records.migrate()
    json.dump(create_api(app).openapi(), sys.stdout, ensure_ascii=False, indent=2, sort_keys=True)
`;

if (!process.argv.includes("--keep")) {
  const made = spawnSync(process.env.PYTHON ?? here("../../.venv/bin/python"), ["-c", describe], { encoding: "utf8", maxBuffer: 1 << 26 });
  if (made.status !== 0) {
    process.stderr.write(made.stderr);
    process.exit(1);
  }
  writeFileSync(snapshot, `${made.stdout}\n`);
}
const types = astToString(await openapiTS(JSON.parse(readFileSync(snapshot, "utf8"))));
writeFileSync(here("../src/api/schema.d.ts"), `// Written by scripts/api-types.mjs from openapi.json; do not edit.\n\n${types}`);
