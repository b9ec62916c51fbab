/** A new backtest: the form, what the server says of it while it is written, the price behind it, and the one button. */

import { useDebouncedValue } from "@mantine/hooks";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useCheck, usePreviewBars, useSubmitCrypto } from "@/api/crypto";
import type { Checked, CryptoMarket, CryptoTemplate } from "@/api/cryptoTypes";
import { pick } from "@/lib/i18n";
import { pressKeys } from "@/lib/key";
import { useOnce } from "@/lib/once";
import { Button } from "@/ui/controls";
import { DemoMark } from "@/ui/MarketMark";
import { Refusal } from "@/ui/Refusal";
import { Strip } from "@/ui/states";

import css from "./Crypto.module.css";
import { firstDraft, onVenue, requestOf, suggested, symbolOf, typed, useDraft, windowOf, type Draft } from "./draft";
import { fieldsOf, type FieldSpec } from "./fields";
import { Form } from "./Form";
import type { FaultOf } from "./ParamField";
import { Preview } from "./Preview";
import { digitsOf } from "./price";
import { TemplatePicker } from "./TemplatePicker";

const SETTLED_MS = 200;

/** Faults by the field they are said at; those of no field of the form are said beside the button. */
function sorted(checked: Checked | undefined, fields: readonly FieldSpec[], language: string): { readonly at: ReadonlyMap<string, FaultOf>; readonly rest: readonly string[] } {
  const places = new Set(["symbols", "start", "end", "timeframe", "capital", "leverage", "fee_model", "fee_bps", "slippage_bps", "detail_timeframe", ...fields.map((field) => `params.${field.name}`)]);
  const at = new Map<string, FaultOf>();
  const rest: string[] = [];
  for (const fault of checked?.faults ?? []) {
    const field = fault.field.startsWith("symbols") ? "symbols" : fault.field;
    const text = pick(fault, language);
    const isDay = field === "start" || field === "end";
    if (!places.has(field)) rest.push([field === "funding" ? "" : field, text].filter(Boolean).join(" "));
    else if (!at.has(field)) at.set(field, { text, nearest: isDay || fault.nearest === null || fault.nearest === undefined ? "" : String(fault.nearest) });
  }
  return { at, rest };
}

/** Nothing is said of required fields that nobody has touched yet. */
const untouched = (draft: Draft, fields: readonly FieldSpec[]) => new Set(fields.filter((field) => field.required && typed(draft, field).trim() === "").map((field) => `params.${field.name}`));

interface StudioProps {
  readonly market: CryptoMarket;
  readonly templates: readonly CryptoTemplate[];
}

export function Studio({ market, templates }: StudioProps) {
  const { t, i18n } = useTranslation("simulation");
  const navigate = useNavigate();
  const standard = templates.find((one) => one.id === "tpl_grid") ?? templates[0];
  const [draft, change] = useDraft(firstDraft(market, standard as CryptoTemplate));
  const [pressed, setPressed] = useState(false);
  const template = templates.find((one) => one.id === draft.template || one.aliases.includes(draft.template)) ?? standard;
  const symbol = symbolOf(market, draft.market, draft.symbols[0]);
  const asked = windowOf(draft);
  const window = symbol && asked ? { symbol: symbol.symbol, market: draft.market, timeframe: draft.timeframe, ...asked } : null;
  const bars = usePreviewBars(window);
  const firstOpen = bars.data?.open[0] ?? null;
  const fields = useMemo(() => (template ? onVenue(suggested(fieldsOf(template.params, i18n.language), firstOpen), draft.market) : []), [template, i18n.language, firstOpen, draft.market]);
  const request = useMemo(() => requestOf(draft, fields, template), [draft, fields, template]);
  const [settled] = useDebouncedValue(request, SETTLED_MS);
  const check = useCheck(settled, template !== undefined);
  const { at, rest } = sorted(check.data, fields, i18n.language);
  const quiet = pressed ? new Set<string>() : untouched(draft, fields);
  const shown = new Map([...at].filter(([field]) => !quiet.has(field)));
  const submit = useSubmitCrypto();
  const once = useOnce();
  if (!template) return null;
  const run = () => {
    setPressed(true);
    // The server's last word on exactly this form; one that is still on its way is asked by submitting.
    if (settled === request && check.data?.ok === false && !check.isPlaceholderData) {
      document.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
      return;
    }
    once((done) => {
      const what = `crypto ${JSON.stringify(request)}`;
      submit.mutate(
        { ask: request, key: pressKeys.keyFor(what) },
        {
          onSuccess: (job) => {
            pressKeys.spent(what);
            void navigate({ to: "/crypto/$id", params: { id: job.id } } as never);
          },
          onSettled: done,
        },
      );
    });
  };
  return (
    <>
      <TemplatePicker templates={templates} value={template.id} onChange={(id) => change({ template: id })} />
      <div className={css["columns"]}>
        <Form draft={draft} fields={fields} template={template} market={market} faults={shown} onChange={change} />
        <div className={css["side"]}>
          <Preview draft={draft} fields={fields} bars={bars} digits={digitsOf(symbol?.tick)} />
          <section className={css["run"]} aria-label={t("run")}>
            {check.data?.ok && check.data.warnings.map((warning) => <Strip key={warning.en}>{pick(warning, i18n.language)}</Strip>)}
            {rest.length > 0 ? <ul className={css["rest"]}>{rest.map((text) => <li key={text}>{text}</li>)}</ul> : null}
            {submit.error ? <Refusal of={submit.error} /> : null}
            <div className={css["runLine"]}>
              <Button look="primary" disabled={submit.isPending} onClick={run} data-testid="run-crypto">{t("run")}</Button>
              <p role="status">{shown.size + rest.length > 0 ? t("faults", { count: shown.size + rest.length }) : check.data?.ok ? t("ready") : ""}</p>
            </div>
            <p className={css["source"]}>
              <DemoMark of={market} />
              <span>{t("source", { market: market.market, snapshot: market.snapshot.slice(0, 6) })}</span>
            </p>
          </section>
        </div>
      </div>
    </>
  );
}
