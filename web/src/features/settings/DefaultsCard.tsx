/** What a new test begins with, on the open market. What is left alone follows the market. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMarket } from "@/api/queries";
import type { MarketFacts } from "@/api/types";
import { useChosenDefaults } from "@/lib/defaults";
import { span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Button } from "@/ui/controls";
import { Field, Switch } from "@/ui/Field";
import { DataView } from "@/ui/states";

import { Panel } from "./Panel";
import css from "./Settings.module.css";

interface CountProps {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly onChange: (value: number) => void;
}

/** Keeps what is typed; only a whole number within the limits is taken over. */
function Count({ label, value, least, most, onChange }: CountProps) {
  const { t } = useTranslation("settings");
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? String(value);
  const right = (entered: string) => /^\d+$/.test(entered) && Number(entered) >= least && Number(entered) <= most;
  return (
    <Field label={label} fault={right(text) ? undefined : t("countFault", { least, most, value })}>
      {(input) => (
        <input
          {...input}
          type="number"
          inputMode="numeric"
          min={least}
          max={most}
          value={text}
          onChange={(event) => {
            setTyped(event.target.value);
            if (right(event.target.value)) onChange(Number(event.target.value));
          }}
          onBlur={() => {
            if (right(text)) setTyped(null);
          }}
        />
      )}
    </Field>
  );
}

function Form({ market }: { market: MarketFacts }) {
  const { t, i18n } = useTranslation(["settings", "words"]);
  const { chosen, change, forget } = useChosenDefaults(market.market);
  const now = { ...market.defaults, costs: "flat", seal: true, ...chosen };
  const reversed = now.start_date >= now.end_date;
  const set = Object.keys(chosen).length > 0;
  const days = { min: market.first_day, max: market.last_day };
  return (
    <>
      <div className={css["fields"]}>
        <Field label={t("universe")}>
          {(input) => (
            <select {...input} value={now.universe} onChange={(event) => change({ universe: event.target.value })}>
              {market.universes.map((one) => <option key={one.name} value={one.name}>{pick(one, i18n.language)}</option>)}
            </select>
          )}
        </Field>
        <Field label={t("benchmark")}>
          {(input) => (
            <select {...input} value={now.benchmark} onChange={(event) => change({ benchmark: event.target.value })}>
              {market.benchmarks.map((one) => <option key={one.name} value={one.name}>{pick(one, i18n.language)}</option>)}
            </select>
          )}
        </Field>
        <Field label={t("from")} fault={reversed ? t("reversed") : undefined}>
          {(input) => <input {...input} type="date" {...days} value={now.start_date} onChange={(event) => event.target.value && change({ start_date: event.target.value })} />}
        </Field>
        <Field label={t("to")}>{(input) => <input {...input} type="date" {...days} value={now.end_date} onChange={(event) => event.target.value && change({ end_date: event.target.value })} />}</Field>
        <Count label={t("groups")} value={now.n_groups} least={2} most={20} onChange={(n_groups) => change({ n_groups })} />
        <Count label={t("holding")} value={now.holding_period} least={1} most={60} onChange={(holding_period) => change({ holding_period })} />
        <Field label={t("costs")}>
          {(input) => (
            <select {...input} value={now.costs} onChange={(event) => change({ costs: event.target.value === "itemised" ? "itemised" : "flat" })}>
              <option value="flat">{t("words:costs_flat")}</option>
              <option value="itemised">{t("words:costs_itemised")}</option>
            </select>
          )}
        </Field>
      </div>
      <Switch label={t("seal")} hint={t("sealNote")} on={now.seal} onChange={(seal) => change({ seal })} />
      <div className={css["row"]}>
        <p className={css["note"]}>{t("dataSpan", { market: market.market, span: span(market.first_day, market.last_day) })}</p>
        <Button small disabled={!set} onClick={forget}>{t("marketDefaults")}</Button>
      </div>
    </>
  );
}

export function DefaultsCard() {
  const { t } = useTranslation("settings");
  const market = useMarket();
  return (
    <Panel title={t("defaults")} lead={t("defaultsLead")}>
      <DataView of={market} height={260}>{(data) => <Form key={data.market} market={data} />}</DataView>
    </Panel>
  );
}
