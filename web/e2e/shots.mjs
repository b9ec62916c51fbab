// Pictures of every page: starts a server of its own, does some work on it, and writes <page>-<theme>-<language>.png and <page>-phone.png into web/shots.
// With --docs it writes the pictures of the README and the docs instead. ONLY=<pattern> limits the pages.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { furnish, RESULT_TABS, settled } from "./_places.mjs";
import { startRig } from "./_rig.mjs";
import { startServer } from "./_server.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const server = await startServer();
let status = 0;
if (process.argv.includes("--docs")) {
  const rig = await startRig({ base: server.base, shots: here("../../docs/images") });
  status = await rig.run(async () => {
    const { session, first, second, crypto } = await furnish(rig);
    const wide = { width: 1440, height: 900 };
    const pictures = [
      ["research", `/s/${session}?run=${first}`, { viewport: { width: 1440, height: 1060 } }],
      ["iteration-dark-en", `/s/${session}`, { viewport: wide, scheme: "dark", language: "en" }],
      ["result-robustness", `/runs/${second}?tab=${RESULT_TABS[3]}`, { viewport: { width: 1440, height: 1320 } }],
      ["compare", `/compare?ids=${first},${second}`, { viewport: { width: 1440, height: 1100 } }],
      ["editor", `/editor?expr=${encodeURIComponent("rank(-ts_delta(close, 20) / ts_shift(close, 20)) * rank(-ts_mean(volume, 5) / ts_mean(volume, 60))")}`, { viewport: wide }],
      ["data", "/data?tab=overview", { viewport: wide }],
      ["crypto", `/crypto/${crypto}`, { viewport: { width: 1440, height: 1240 } }],
      ["phone", `/runs/${second}`, { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
    ];
    for (const [name, path, options] of pictures) {
      const { page, context, shot } = await rig.open(options);
      await page.goto(server.base + path);
      await settled(page);
      await page.waitForTimeout(1200);
      await shot(name);
      await context.close();
    }
  });
} else {
  const made = spawnSync(process.execPath, [here("./pages.e2e.mjs")], { env: { ...process.env, BASE_URL: server.base, PICTURES: "1", SHOTS: here("../shots") }, stdio: "inherit" });
  status = made.status ?? 1;
}
await server.close();
process.exit(status);
