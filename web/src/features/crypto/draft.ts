/** What stands in the form, and the request that it makes. Kept in this browser until it is sent, and after. */

import { useCallback, useState } from "react";

import { TIMEFRAMES, type CryptoMarket, type CryptoSymbol, type CryptoTemplate, type JobConfig, type Timeframe, type TimeframeSpan, type Venue } from "@/api/cryptoTypes";
import { remembered } from "@/lib/storage";

import { wireValue, type FieldSpec } from "./fields";
import { DAY_BEGINS, DAY_ENDS, isWholeDays } from "./span";

export interface Draft {
  readonly template: string;
  /** By template, then by parameter: what was typed. */
  readonly params: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly market: Venue;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  /** UTC, both included: a day, or a moment such as 2025-03-01T08:00:00Z. */
  readonly start: string;
  readonly end: string;
  readonly capital: string;
  readonly leverage: string;
  readonly feeModel: string;
  readonly feeBps: string;
  readonly slippageBps: string;
  readonly funding: boolean;
  readonly pessimistic: boolean;
  readonly detail: string;
  readonly strictTouch: boolean;
}

export const FEE_MODELS = ["fixed_bps", "match_exchange", "tiered_maker_taker", "none"] as const;
const DAY_MS = 86_400_000;
export const LENGTH_MS: Readonly<Record<Timeframe, number>> = { "1m": 60_000, "5m": 300_000, "15m": 900_000, "1h": 3_600_000, "4h": 14_400_000, "1d": DAY_MS };
/** Days that a form shows at first. */
const FIRST_SPAN_DAYS = 90;

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
export const msOf = (day: string) => Date.parse(`${day}${DAY_BEGINS}`);

const isMoment = (text: string) => text.includes("T");
/** A day or a moment as it is sent: days begin at midnight and end with their last second. */
export const startOf = (text: string) => (text === "" || isMoment(text) ? text : `${text}${DAY_BEGINS}`);
export const endOf = (text: string) => (text === "" || isMoment(text) ? text : `${text}${DAY_ENDS}`);
/** The window to the second, in place of whole days. */
export const isToTheSecond = (draft: Pick<Draft, "start" | "end">) => isMoment(draft.start) || isMoment(draft.end);
export const toTheSecond = ({ start, end }: Pick<Draft, "start" | "end">) => ({ start: startOf(start), end: endOf(end) });
export const toDays = ({ start, end }: Pick<Draft, "start" | "end">) => ({ start: start.slice(0, 10), end: end.slice(0, 10) });
/** The window in milliseconds; null while it is not one. */
export function windowOf({ start, end }: Pick<Draft, "start" | "end">): { readonly from: number; readonly to: number } | null {
  const [from, to] = [Date.parse(startOf(start)), Date.parse(endOf(end))];
  return from <= to ? { from, to } : null;
}

/** The symbol of a venue, and what it has of a timeframe. */
export const symbolOf = (market: CryptoMarket, venue: Venue, symbol: string | undefined): CryptoSymbol | undefined => market.symbols.find((one) => one.venue === venue && one.symbol === symbol);
export const spanOf = (symbol: CryptoSymbol | undefined, timeframe: Timeframe): TimeframeSpan | undefined => symbol?.timeframes.find((one) => one.timeframe === timeframe);

/** Days for which there are bars of every chosen symbol; the last one is the last whole day. */
export function daysOf(market: CryptoMarket, draft: Pick<Draft, "market" | "symbols" | "timeframe">): { readonly first: string; readonly last: string } | null {
  const spans = draft.symbols.map((name) => spanOf(symbolOf(market, draft.market, name), draft.timeframe));
  if (spans.length === 0 || spans.some((span) => span === undefined)) return null;
  const known = spans as TimeframeSpan[];
  const first = Math.max(...known.map((span) => span.first_ms));
  const last = Math.min(...known.map((span) => span.last_ms));
  return { first: dayOf(Math.ceil(first / DAY_MS) * DAY_MS), last: dayOf(Math.floor((last + 1) / DAY_MS) * DAY_MS - 1) };
}

/** Finer timeframes that divide the chosen one. */
export const finerThan = (timeframe: Timeframe) => TIMEFRAMES.slice(0, 4).filter((one) => LENGTH_MS[one] < LENGTH_MS[timeframe] && LENGTH_MS[timeframe] % LENGTH_MS[one] === 0);

export function firstDraft(market: CryptoMarket, template: CryptoTemplate): Draft {
  const symbol = market.symbols.find((one) => one.symbol === "BTCUSDT" && one.venue === "perp") ?? market.symbols[0];
  const venue = symbol?.venue ?? "perp";
  const timeframe = symbol?.timeframes.find((one) => one.timeframe === "1h")?.timeframe ?? symbol?.timeframes[0]?.timeframe ?? "1h";
  const symbols = symbol ? [symbol.symbol] : [];
  const days = daysOf(market, { market: venue, symbols, timeframe });
  const end = days?.last ?? dayOf(Date.now() - DAY_MS);
  const start = dayOf(Math.max(msOf(end) - (FIRST_SPAN_DAYS - 1) * DAY_MS, days ? msOf(days.first) : 0));
  return {
    template: template.id,
    params: {},
    market: venue,
    symbols,
    timeframe,
    start,
    end,
    capital: "10000",
    leverage: "1",
    feeModel: "fixed_bps",
    feeBps: "5",
    slippageBps: "",
    funding: false,
    pessimistic: false,
    detail: "",
    strictTouch: false,
  };
}

/** The same form with a timeframe and days that its symbols have: what another choice left without bars moves to what there is. */
export function fitted(market: CryptoMarket, draft: Draft): Draft {
  const offered = TIMEFRAMES.filter((one) => draft.symbols.every((name) => spanOf(symbolOf(market, draft.market, name), one) !== undefined));
  const timeframe = offered.includes(draft.timeframe) ? draft.timeframe : (offered[offered.length - 1] ?? draft.timeframe);
  const days = daysOf(market, { ...draft, timeframe });
  if (!days) return { ...draft, timeframe };
  const asked = toDays(draft);
  const end = asked.end < days.first || asked.end > days.last ? days.last : draft.end;
  const last = dayOf(Math.max(msOf(days.first), msOf(end.slice(0, 10)) - (FIRST_SPAN_DAYS - 1) * DAY_MS));
  const start = asked.start > end.slice(0, 10) ? last : asked.start < days.first ? days.first : draft.start;
  return { ...draft, timeframe, start, end };
}

/** What a required parameter begins with. Bounds of a price lie around the first open, which is known when a run starts; never around prices of later. */
export function suggested(fields: readonly FieldSpec[], firstOpen: number | null): FieldSpec[] {
  const near = (factor: number) => (firstOpen === null ? "" : String(Number((firstOpen * factor).toPrecision(2))));
  const known: Readonly<Record<string, string>> = { grid_levels: "12", upper_price: near(1.15), lower_price: near(0.85), interval: "1d", buy_amount: "100", lookback: "24" };
  return fields.map((field) => (field.required && field.standard === "" ? { ...field, standard: known[field.name] ?? "" } : field));
}

/** What was typed for a parameter of the open template, else its default. */
export function typed(draft: Draft, field: FieldSpec): string {
  const text = draft.params[draft.template]?.[field.name] ?? field.standard;
  return field.kind === "choice" && text !== "" && !field.choices.includes(text) ? field.standard : text;
}

/** On spot nobody lends: what goes short cannot be chosen. */
export const onVenue = (fields: readonly FieldSpec[], venue: Venue): FieldSpec[] =>
  fields.map((field) => (venue === "spot" && field.kind === "choice" && field.choices.includes("short") ? { ...field, choices: field.choices.filter((choice) => choice === "long"), standard: "long" } : field));

const wholeOr = (text: string): number | string => (/^\d{1,9}$/.test(text.trim()) ? Number(text.trim()) : text.trim());

/** The request. Parameters left at their default, and extensions left off, are not sent: the job shows what was asked. */
export function requestOf(draft: Draft, fields: readonly FieldSpec[], template: CryptoTemplate | undefined): Record<string, unknown> {
  const params = Object.fromEntries(
    fields.flatMap((field) => {
      const text = typed(draft, field).trim();
      return text === "" || (!field.required && text === field.standard) ? [] : [[field.name, wireValue(field, text)]];
    }),
  );
  return {
    template_id: draft.template,
    params,
    symbols: template?.supports_multi_symbol === false ? draft.symbols.slice(0, 1) : [...draft.symbols],
    timeframe: draft.timeframe,
    start: startOf(draft.start),
    end: endOf(draft.end),
    capital: draft.capital.trim(),
    leverage: draft.market === "spot" ? 1 : wholeOr(draft.leverage),
    fee_model: draft.feeModel,
    ...(draft.feeModel === "fixed_bps" ? { fee_bps: draft.feeBps.trim() } : {}),
    ...(draft.market === "spot" ? { market: "spot" } : {}),
    ...(draft.slippageBps.trim() === "" ? {} : { slippage_bps: draft.slippageBps.trim() }),
    ...(draft.funding && draft.market === "perp" ? { funding: "historical" } : {}),
    ...(draft.pessimistic ? { intrabar: "pessimistic" } : {}),
    ...(draft.detail !== "" && finerThan(draft.timeframe).includes(draft.detail as Timeframe) ? { detail_timeframe: draft.detail } : {}),
    ...(draft.strictTouch ? { strict_touch: true } : {}),
  };
}

/** The form as it stood for a job, to change something and send it again. */
export function draftOf(config: JobConfig, kept: Draft): Draft {
  const params = Object.fromEntries(Object.entries(config.params).map(([name, value]) => [name, String(value)]));
  return {
    ...kept,
    template: config.template_id,
    params: { ...kept.params, [config.template_id]: params },
    market: config.market ?? "perp",
    symbols: [...config.symbols],
    timeframe: config.timeframe,
    ...(isWholeDays(config) ? toDays(config) : { start: config.start, end: config.end }),
    capital: config.capital,
    leverage: String(config.leverage),
    feeModel: config.fee_model,
    feeBps: config.fee_bps ?? kept.feeBps,
    slippageBps: config.slippage_bps ?? "",
    funding: config.funding === "historical",
    pessimistic: config.intrabar === "pessimistic",
    detail: config.detail_timeframe ?? "",
    strictTouch: config.strict_touch === true,
  };
}

const KEY = "draft.crypto";

/** What this browser kept, where it still is a form of ours. */
export function keptDraft(first: Draft): Draft {
  const kept = remembered.json<Partial<Draft>>(KEY);
  if (typeof kept !== "object" || kept === null) return first;
  const same = Object.entries(first).every(([name, value]) => {
    const other: unknown = kept[name as keyof Draft];
    return other === undefined || (typeof other === typeof value && Array.isArray(other) === Array.isArray(value));
  });
  return same ? { ...first, ...kept } : first;
}

export const keepDraft = (draft: Draft) => remembered.setJson(KEY, draft);

export function useDraft(first: Draft): readonly [Draft, (part: Partial<Draft>) => void] {
  const [draft, setDraft] = useState(() => keptDraft(first));
  const change = useCallback((part: Partial<Draft>) => {
    setDraft((old) => {
      const next = { ...old, ...part };
      keepDraft(next);
      return next;
    });
  }, []);
  return [draft, change] as const;
}
