import { describe, expect, it } from "vitest";

import type { CryptoMarket, CryptoTemplate, JobConfig, TemplateSchema } from "@/api/cryptoTypes";

import { daysOf, draftOf, finerThan, firstDraft, fitted, isToTheSecond, keepDraft, keptDraft, onVenue, requestOf, suggested, toDays, toTheSecond, windowOf } from "./draft";
import { fieldsOf, percentOf, wireValue } from "./fields";
import { curlOf, pythonOf } from "./snippets";
import { spanText } from "./span";

const schema: TemplateSchema = {
  required: ["grid_levels", "upper_price"],
  properties: {
    mode: { type: "string", enum: ["long", "neutral"], default: "long", title: "方式", "x-title-en": "Mode" },
    grid_levels: { type: "integer", minimum: 2, maximum: 200, title: "线数", "x-title-en": "Lines" },
    upper_price: { type: "string", format: "decimal", "x-unit": "price", title: "上限" },
    stop_loss_price: { type: "string", format: "decimal" },
  },
};
const template: CryptoTemplate = { id: "tpl_grid", aliases: [], title: "网格", title_en: "Grid", summary: "", summary_en: "", supports_multi_symbol: false, min_capital: "100", params: schema };
const market: CryptoMarket = {
  market: "demo", snapshot: "s", synthetic: true,
  symbols: [
    { symbol: "ETHUSDT", venue: "perp", base: "ETH", quote: "USDT", tick: "0.01", step: "0.001", min_notional: "5", timeframes: [{ timeframe: "1h", first_ms: Date.parse("2023-01-01T05:00:00Z"), last_ms: Date.parse("2025-12-31T00:00:00Z") }] },
    { symbol: "BTCUSDT", venue: "perp", base: "BTC", quote: "USDT", tick: "0.1", step: "0.001", min_notional: "5", timeframes: [{ timeframe: "1h", first_ms: Date.parse("2021-01-01T00:00:00Z"), last_ms: Date.parse("2026-01-01T00:00:00Z") - 1 }] },
  ],
};

describe("the form of a template", () => {
  const fields = fieldsOf(schema, "en");

  it("has a field for every property, required ones first, in the reader's language", () => {
    expect(fields.map(({ name, kind, title, required }) => [name, kind, title, required])).toEqual([
      ["grid_levels", "integer", "Lines", true],
      ["upper_price", "decimal", "upper_price", true],
      ["mode", "choice", "Mode", false],
      ["stop_loss_price", "decimal", "stop_loss_price", false],
    ]);
    expect(fieldsOf(schema, "zh")[0]?.title).toBe("线数");
  });

  it("sends whole numbers as numbers and decimals as the text that was typed", () => {
    const [levels, price] = fields;
    if (!levels || !price) throw new Error("two fields");
    expect([wireValue(levels, " 12 "), wireValue(levels, "1.5"), wireValue(price, "72000.10")]).toEqual([12, "1.5", "72000.10"]);
  });

  it("says what a fraction means", () => {
    expect([percentOf("0.05"), percentOf("0.015"), percentOf("1"), percentOf(".5"), percentOf("x"), percentOf("")]).toEqual(["5%", "1.5%", "100%", "50%", "", ""]);
  });

  it("asks for what was typed, not for defaults and extensions that were left alone", () => {
    const draft = { ...firstDraft(market, template), params: { tpl_grid: { grid_levels: "12", upper_price: "72000", mode: "long", stop_loss_price: " " } }, symbols: ["BTCUSDT", "ETHUSDT"] };
    expect(requestOf(draft, fields, template)).toEqual({
      template_id: "tpl_grid", params: { grid_levels: 12, upper_price: "72000" }, symbols: ["BTCUSDT"], timeframe: "1h",
      start: "2025-10-03T00:00:00Z", end: "2025-12-31T23:59:59Z", capital: "10000", leverage: 1, fee_model: "fixed_bps", fee_bps: "5",
    });
    const far = { ...draft, feeModel: "none", market: "spot" as const, funding: true, slippageBps: "2", detail: "5m", pessimistic: true, strictTouch: true };
    expect(requestOf(far, fields, template)).toMatchObject({ fee_model: "none", market: "spot", slippage_bps: "2", detail_timeframe: "5m", intrabar: "pessimistic", strict_touch: true });
    expect(requestOf(far, fields, template)).not.toHaveProperty("fee_bps");
    // Spot pays no funding.
    expect(requestOf(far, fields, template)).not.toHaveProperty("funding");
    expect(requestOf({ ...draft, detail: "1h" }, fields, template)).not.toHaveProperty("detail_timeframe");
  });

  it("offers the days that every chosen symbol has whole", () => {
    expect(daysOf(market, { market: "perp", symbols: ["BTCUSDT", "ETHUSDT"], timeframe: "1h" })).toEqual({ first: "2023-01-02", last: "2025-12-30" });
    expect(daysOf(market, { market: "spot", symbols: ["BTCUSDT"], timeframe: "1h" })).toBeNull();
    expect(daysOf(market, { market: "perp", symbols: [], timeframe: "1h" })).toBeNull();
    expect([finerThan("1h"), finerThan("1m"), finerThan("1d")]).toEqual([["1m", "5m", "15m"], [], ["1m", "5m", "15m", "1h"]]);
  });

  it("moves days and timeframe to where there are bars when another symbol is chosen", () => {
    const first = firstDraft(market, template);
    expect(fitted(market, { ...first, symbols: ["ETHUSDT"], end: "2026-05-01", start: "2021-06-01" })).toMatchObject({ start: "2023-01-02", end: "2025-12-30", timeframe: "1h" });
    expect(fitted(market, { ...first, timeframe: "1m", start: "2026-05-01" })).toMatchObject({ timeframe: "1h", start: "2025-10-03", end: "2025-12-31" });
  });

  it("suggests bounds around the first open only", () => {
    const names = suggested(fieldsOf(schema, "en"), 93_576.2).map(({ name, standard }) => [name, standard]);
    expect(names).toEqual([["grid_levels", "12"], ["upper_price", "110000"], ["mode", "long"], ["stop_loss_price", ""]]);
    expect(suggested(fieldsOf(schema, "en"), null)[1]?.standard).toBe("");
  });

  it("survives a reload, and anything else that stands in its place", () => {
    const first = firstDraft(market, template);
    keepDraft({ ...first, capital: "777", symbols: ["ETHUSDT"] });
    expect(keptDraft(first)).toMatchObject({ capital: "777", symbols: ["ETHUSDT"] });
    localStorage.setItem("quantgpt.draft.crypto", JSON.stringify({ symbols: "ETHUSDT", capital: 5 }));
    expect(keptDraft(first)).toEqual(first);
    localStorage.setItem("quantgpt.draft.crypto", "5");
    expect(keptDraft(first)).toEqual(first);
  });
});

const config: JobConfig = {
  template_id: "tpl_grid", params: { grid_levels: 12, upper_price: "72000" }, symbols: ["BTCUSDT"], timeframe: "1h", start: "2025-10-03T00:00:00Z", end: "2025-12-31T23:59:59Z",
  capital: "10000", leverage: 1, fee_model: "none", market: "spot", strict_touch: true,
};

it("a job goes back into the form it came from", () => {
  const fields = fieldsOf(schema, "en");
  expect(requestOf(draftOf(config, firstDraft(market, template)), fields, template)).toEqual(config);
});

it("keeps the hours of a window, and leaves the stored strategy behind that it came from", () => {
  const fields = fieldsOf(schema, "en");
  const hours: JobConfig = { ...config, market: "perp", start: "2025-10-03T08:00:00Z", end: "2025-10-03T12:00:00Z", strategy_id: "st_1" };
  const draft = draftOf(hours, firstDraft(market, template));
  expect(isToTheSecond(draft)).toBe(true);
  expect(requestOf(draft, fields, template)).toMatchObject({ start: hours.start, end: hours.end });
  expect(requestOf(draft, fields, template)).not.toHaveProperty("strategy_id");
  expect(toDays(draft)).toEqual({ start: "2025-10-03", end: "2025-10-03" });
  expect(toTheSecond({ start: "2025-10-03", end: "2025-10-04" })).toEqual({ start: "2025-10-03T00:00:00Z", end: "2025-10-04T23:59:59Z" });
  expect(windowOf({ start: "2025-10-03", end: "2025-10-03" })).toEqual({ from: Date.parse("2025-10-03T00:00:00Z"), to: Date.parse("2025-10-03T23:59:59Z") });
  expect([windowOf({ start: "2025-10-04", end: "2025-10-03" }), windowOf({ start: "", end: "2025-10-03" })]).toEqual([null, null]);
  // Another symbol keeps the hours where it has bars of them.
  expect(fitted(market, draft)).toMatchObject({ start: hours.start, end: hours.end });
  expect([spanText(hours), spanText(config)]).toEqual(["2025-10-03 08:00 → 2025-10-03 12:00 UTC", "2025-10-03 → 2025-12-31"]);
  for (const text of [curlOf(hours, "http://h"), pythonOf(hours, "http://h")]) expect(text).not.toContain("strategy_id");
});

it("knows on spot neither leverage nor a short side", () => {
  const fields = onVenue(fieldsOf({ properties: { direction: { type: "string", enum: ["long", "short", "both"], default: "long" } } }, "en"), "spot");
  const draft = { ...firstDraft(market, template), market: "spot" as const, leverage: "20", params: { tpl_grid: { direction: "both" } } };
  expect(fields[0]?.choices).toEqual(["long"]);
  expect(requestOf(draft, fields, template)).toMatchObject({ leverage: 1, params: {}, market: "spot" });
  expect(onVenue(fieldsOf(schema, "en"), "perp").find(({ name }) => name === "mode")?.choices).toEqual(["long", "neutral"]);
});

describe("the same job elsewhere", () => {
  it("is a command that signs the body it sends", () => {
    const text = curlOf({ ...config, params: { note: "it's" } }, "http://h");
    expect(text).toContain(`POST/v1/backtest/jobs\${BODY}`);
    expect(text).toContain("--data-binary \"$BODY\"");
    expect(text).toContain("it'\\''s");
  });

  it("is Python that a reader can run", () => {
    const text = pythonOf(config, "http://h");
    expect(text).toContain("    strict_touch=True,\n");
    expect(text).toContain('"grid_levels": 12,');
    expect(text).not.toContain("true");
  });
});
