// Every page and tab in both themes and languages: nothing that axe calls serious, no value of the program in the text, no sideways scroll on a phone.
// With PICTURES=1 it only writes their pictures into SHOTS: <page>-<theme>-<language>.png and <page>-phone.png.
import assert from "node:assert/strict";

import { furnish, places, settled, WORDS } from "./_places.mjs";
import { accessible, fits, readable, startRig, step } from "./_rig.mjs";

const pictures = process.env.PICTURES === "1";
const only = process.env.ONLY ? new RegExp(process.env.ONLY) : null;
const rig = await startRig();

process.exitCode = await rig.run(async () => {
  const made = await step("there is something to see", () => furnish(rig));
  /** All that is wrong is worth knowing at once. */
  const wrong = [];
  const look = (name, body) =>
    step(name, body).catch((error) => {
      process.stdout.write(`     ${String(error.message).replaceAll("\n", " ").slice(0, 600)}\n`);
      wrong.push(name);
    });
  const all = Object.entries(places(made)).filter(([name]) => only === null || only.test(name));

  for (const [language, scheme] of [["zh", "light"], ["en", "dark"], ...(pictures ? [["zh", "dark"], ["en", "light"]] : [])]) {
    const { page, context, shot } = await rig.open({ language, scheme });
    for (const [name, path] of all) {
      await look(`${name}, ${language}, ${scheme}`, async () => {
        await page.goto(rig.base + path);
        await settled(page);
        if (pictures) return shot(`${name}-${scheme}-${language}`, { fullPage: true });
        assert.equal(await page.locator("h1").count(), 1, "one heading");
        assert.match(await page.title(), /QuantGPT/);
        await readable(page, name);
        await accessible(page, `${name}, ${language}, ${scheme}`);
        if (language === "en") {
          const han = await page.evaluate(foreign, ["反转 × 缩量", WORDS, "中文"]);
          assert.deepEqual(han, [], `${name} has Chinese words on its English page`);
        }
      });
    }
    await context.close();
  }

  const phone = await rig.open({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  for (const [name, path] of all) {
    await look(`${name} on a phone`, async () => {
      await phone.page.goto(rig.base + path);
      await settled(phone.page);
      if (pictures) return phone.shot(`${name}-phone`, { fullPage: true });
      await fits(phone.page, name);
    });
  }
  assert.deepEqual(wrong, []);
});

/** Visible Chinese words that are no data: names of shares and industries are marked, what people wrote is known. */
function foreign(known) {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!/\p{Script=Han}/u.test(walker.currentNode.data) || element.closest("[lang|=zh], [data-user-text], script, style, dialog:not([open])")) continue;
    if (known.some((text) => walker.currentNode.data.includes(text))) continue;
    if (element.checkVisibility()) found.push(`${walker.currentNode.data.trim().slice(0, 40)} in ${element.tagName.toLowerCase()}.${element.className}`);
  }
  return found.slice(0, 12);
}
