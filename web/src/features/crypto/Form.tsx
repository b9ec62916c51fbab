/** A configuration as a form: the template's own fields, then the market, the money, and behind a fold what is rarely changed. */

import { useTranslation } from "react-i18next";

import { TIMEFRAMES, type CryptoMarket, type CryptoTemplate, type Venue } from "@/api/cryptoTypes";
import { rove, stopAt } from "@/lib/roving";
import { Segmented, TextButton } from "@/ui/controls";
import { Field, Switch } from "@/ui/Field";

import css from "./Form.module.css";
import { daysOf, FEE_MODELS, finerThan, fitted, isToTheSecond, spanOf, symbolOf, toDays, toTheSecond, typed, type Draft } from "./draft";
import type { FieldSpec } from "./fields";
import { Entry, ParamField, type FaultOf } from "./ParamField";

const MOST_SYMBOLS = 10;

/** What a field of the browser says, which leaves out seconds of 0, as a moment in UTC. */
const momentOf = (text: string) => (text === "" ? "" : `${text.length === 16 ? `${text}:00` : text.slice(0, 19)}Z`);

interface FormProps {
  readonly draft: Draft;
  readonly fields: readonly FieldSpec[];
  readonly template: CryptoTemplate;
  readonly market: CryptoMarket;
  readonly faults: ReadonlyMap<string, FaultOf>;
  readonly onChange: (part: Partial<Draft>) => void;
}

function Params({ draft, fields, faults, onChange }: Pick<FormProps, "draft" | "fields" | "faults" | "onChange">) {
  const { t } = useTranslation("simulation");
  const set = (name: string, text: string) => onChange({ params: { ...draft.params, [draft.template]: { ...draft.params[draft.template], [name]: text } } });
  const row = (field: FieldSpec) => <ParamField key={field.name} field={field} value={typed(draft, field)} fault={faults.get(`params.${field.name}`)} onChange={(text) => set(field.name, text)} />;
  /** A fault behind a fold opens it. */
  const faulty = fields.some((field) => !field.required && faults.has(`params.${field.name}`));
  const [needed, free] = [fields.filter((field) => field.required), fields.filter((field) => !field.required)];
  return (
    <section className={css["section"]} aria-label={t("params")}>
      <h3>{t("params")}</h3>
      {needed.length > 0 ? <div className={css["fields"]}>{needed.map(row)}</div> : null}
      {free.length > 0 ? (
        <details className={css["fold"]} open={needed.length === 0 || faulty || undefined}>
          <summary>{t("optional", { count: free.length })}</summary>
          <div className={css["fields"]}>{free.map(row)}</div>
        </details>
      ) : null}
    </section>
  );
}

function Market({ draft, template, market, faults, onChange }: Omit<FormProps, "fields">) {
  const { t } = useTranslation("simulation");
  const venues = [...new Set(market.symbols.map((one) => one.venue))];
  const names = market.symbols.filter((one) => one.venue === draft.market).map((one) => one.symbol);
  const many = template.supports_multi_symbol;
  const chosen = many ? draft.symbols : draft.symbols.slice(0, 1);
  const offered = TIMEFRAMES.filter((one) => chosen.length > 0 && chosen.every((name) => spanOf(symbolOf(market, draft.market, name), one) !== undefined));
  const days = daysOf(market, { ...draft, symbols: chosen });
  const stop = stopAt(names.map((name) => chosen.includes(name)));
  const exact = isToTheSecond(draft);
  const shown = exact ? toTheSecond(draft) : draft;
  const change = (part: Partial<Draft>) => onChange(fitted(market, { ...draft, ...part }));
  const toggle = (name: string) => {
    const next = !many ? [name] : chosen.includes(name) ? chosen.filter((one) => one !== name) : [...chosen, name].slice(0, MOST_SYMBOLS);
    if (next.length > 0) change({ symbols: next });
  };
  const setVenue = (venue: Venue) => {
    const there = market.symbols.filter((one) => one.venue === venue).map((one) => one.symbol);
    const kept = draft.symbols.filter((name) => there.includes(name));
    change({ market: venue, symbols: kept.length > 0 ? kept : there.slice(0, 1) });
  };
  return (
    <section className={css["section"]} aria-label={t("marketPart")}>
      <h3>{t("marketPart")}</h3>
      <div className={css["line"]}>
        {venues.length > 1 ? <Segmented label={t("venue")} value={draft.market} onChange={setVenue} options={venues.map((value) => ({ value, label: t(`venue_${value}`) }))} /> : null}
        <Segmented label={t("timeframe")} value={draft.timeframe} onChange={(timeframe) => change({ timeframe })} options={offered.map((value) => ({ value, label: value }))} />
      </div>
      <div className={css["symbols"]} role="toolbar" aria-label={t(many ? "symbolsMany" : "symbolOne")} onKeyDown={rove}>
        {names.map((name, i) => <button key={name} type="button" tabIndex={i === stop ? 0 : -1} aria-pressed={chosen.includes(name)} onClick={() => toggle(name)}>{name}</button>)}
      </div>
      <p className={css["note"]}>{many ? t("symbolsNote", { most: MOST_SYMBOLS }) : t("symbolNote")}</p>
      {faults.get("symbols") ? <p className={css["fault"]}>{faults.get("symbols")?.text}</p> : null}
      <div className={css["fields"]}>
        {(["start", "end"] as const).map((name) => (
          <Field key={name} label={t(exact ? `${name}At` : name)} hint={name === "start" && days ? t("available", { first: days.first, last: days.last }) : undefined} fault={faults.get(name)?.text ?? (name === "end" ? faults.get("timeframe")?.text : undefined)}>
            {(input) =>
              exact ? (
                <input {...input} type="datetime-local" step={1} value={shown[name].slice(0, 19)} data-field={name} onChange={(event) => onChange({ ...shown, [name]: momentOf(event.target.value) })} />
              ) : (
                <input {...input} type="date" min={days?.first} max={days?.last} value={draft[name]} data-field={name} onChange={(event) => onChange({ [name]: event.target.value })} />
              )
            }
          </Field>
        ))}
      </div>
      <TextButton className={css["nearest"] ?? ""} onClick={() => onChange(exact ? toDays(draft) : toTheSecond(draft))}>{t(exact ? "wholeDays" : "toTheSecond")}</TextButton>
    </section>
  );
}

function Money({ draft, template, faults, onChange }: Pick<FormProps, "draft" | "template" | "faults" | "onChange">) {
  const { t } = useTranslation("simulation");
  return (
    <section className={css["section"]} aria-label={t("money")}>
      <h3>{t("money")}</h3>
      <div className={css["fields"]}>
        <Entry label={t("capital")} hint={t("capitalHint", { least: template.min_capital })} value={draft.capital} fault={faults.get("capital")} name="capital" onChange={(capital) => onChange({ capital })} />
        {draft.market === "spot" ? (
          <Field label={t("leverage")} hint={t("leverageSpot")} fault={faults.get("leverage")?.text}>{(input) => <input {...input} type="text" value="1" disabled data-field="leverage" />}</Field>
        ) : (
          <Entry label={t("leverage")} hint={t("leverageHint")} value={draft.leverage} fault={faults.get("leverage")} mode="numeric" name="leverage" onChange={(leverage) => onChange({ leverage })} />
        )}
        <Field label={t("feeModel")} hint={t(`feeHint_${draft.feeModel}`, { defaultValue: "" })} fault={faults.get("fee_model")?.text}>
          {(input) => (
            <select {...input} value={draft.feeModel} onChange={(event) => onChange({ feeModel: event.target.value })}>
              {FEE_MODELS.map((value) => <option key={value} value={value}>{t(`fee_${value}`)}</option>)}
            </select>
          )}
        </Field>
        {draft.feeModel === "fixed_bps" ? <Entry label={t("feeBps")} hint={t("feeBpsHint")} value={draft.feeBps} fault={faults.get("fee_bps")} name="fee_bps" onChange={(feeBps) => onChange({ feeBps })} /> : null}
      </div>
    </section>
  );
}

function Extensions({ draft, faults, onChange }: Pick<FormProps, "draft" | "faults" | "onChange">) {
  const { t } = useTranslation("simulation");
  const finer = finerThan(draft.timeframe);
  const changed = [draft.slippageBps.trim() !== "", draft.funding && draft.market === "perp", draft.pessimistic, draft.detail !== "", draft.strictTouch].filter(Boolean).length;
  return (
    <section className={css["section"]} aria-label={t("extensions")}>
      <details className={css["fold"]} open={faults.has("slippage_bps") || faults.has("detail_timeframe") || undefined}>
        <summary>{changed > 0 ? t("extensionsOn", { count: changed }) : t("extensions")}</summary>
        <div className={css["fields"]}>
          <Entry label={t("slippage")} hint={t("slippageHint")} value={draft.slippageBps} fault={faults.get("slippage_bps")} placeholder="0" name="slippage_bps" onChange={(slippageBps) => onChange({ slippageBps })} />
          <Field label={t("detail")} hint={t("detailHint")} fault={faults.get("detail_timeframe")?.text}>
            {(input) => (
              <select {...input} value={finer.includes(draft.detail as never) ? draft.detail : ""} onChange={(event) => onChange({ detail: event.target.value })}>
                <option value="">{t("detailNone")}</option>
                {finer.map((value) => <option key={value} value={value}>{value}</option>)}
              </select>
            )}
          </Field>
        </div>
        <div className={css["switches"]}>
          {draft.market === "perp" ? <Switch label={t("fundingOn")} hint={t("fundingHint")} on={draft.funding} onChange={(funding) => onChange({ funding })} /> : null}
          <Switch label={t("pessimistic")} hint={t("pessimisticHint")} on={draft.pessimistic} onChange={(pessimistic) => onChange({ pessimistic })} />
          <Switch label={t("strictTouch")} hint={t("strictTouchHint")} on={draft.strictTouch} onChange={(strictTouch) => onChange({ strictTouch })} />
        </div>
      </details>
    </section>
  );
}

export function Form(props: FormProps) {
  return (
    <div className={css["form"]} data-testid="crypto-form">
      <Params {...props} />
      <Market {...props} />
      <Money {...props} />
      <Extensions {...props} />
    </div>
  );
}
