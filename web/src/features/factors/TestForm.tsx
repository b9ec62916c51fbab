/** What a test of many factors runs on. Every factor of it counts as a trial of the same ledger. */

import { useState, type FormEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { MOST_TESTED, type LibraryTestAsk } from "@/api/libraryTests";
import type { MarketFacts } from "@/api/types";
import { defaultsFor } from "@/lib/defaults";
import { integer, span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Button, Segmented } from "@/ui/controls";
import { Refusal } from "@/ui/Refusal";
import { Strip } from "@/ui/states";

import css from "./TestForm.module.css";

const MODES = ["quick", "full"] as const;

interface TestFormProps {
  readonly market: MarketFacts;
  /** Ids of the factors to test. */
  readonly names: readonly string[];
  readonly busy: boolean;
  readonly failure: Error | null;
  readonly onStart: (ask: LibraryTestAsk) => void;
  readonly onCancel: () => void;
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <label>
      <span>{label}</span>
      {children}
    </label>
  );
}

export function TestForm({ market, names, busy, failure, onStart, onCancel }: TestFormProps) {
  const { t, i18n } = useTranslation("shelves");
  const { universe, start_date, end_date, n_groups, holding_period, benchmark } = { ...market.defaults, ...defaultsFor(market.market) };
  const [ask, setAsk] = useState({ universe, start_date, end_date, n_groups: String(n_groups), holding_period: String(holding_period), seal: true });
  const [mode, setMode] = useState<(typeof MODES)[number]>("quick");
  const [groups, holding] = [Number(ask.n_groups), Number(ask.holding_period)];
  const tooMany = names.length > MOST_TESTED[mode];
  const reversed = ask.start_date >= ask.end_date;
  const right = !reversed && !tooMany && Number.isInteger(groups) && groups >= 2 && groups <= 20 && Number.isInteger(holding) && holding >= 1 && holding <= 60;
  const change = (part: Partial<typeof ask>) => setAsk((old) => ({ ...old, ...part }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (right && !busy) onStart({ ...ask, names: [...names], n_groups: groups, holding_period: holding, mode, benchmark, market: market.market, execution: "next_open", costs: "flat" });
  };
  return (
    <form className={css["form"]} onSubmit={submit}>
      <p>{t("testIntro", { count: names.length, value: integer(names.length) })}</p>
      <Labelled label={t("universe")}>
        <select value={ask.universe} onChange={(event) => change({ universe: event.target.value })}>
          {market.universes.map((one) => <option key={one.name} value={one.name}>{pick(one, i18n.language)}</option>)}
        </select>
      </Labelled>
      <Labelled label={t("startDate")}><input type="date" value={ask.start_date} min={market.first_day} max={market.last_day} onChange={(event) => event.target.value && change({ start_date: event.target.value })} /></Labelled>
      <Labelled label={t("endDate")}><input type="date" value={ask.end_date} min={market.first_day} max={market.last_day} aria-invalid={reversed} onChange={(event) => event.target.value && change({ end_date: event.target.value })} /></Labelled>
      {reversed ? <p className={css["wrong"]}>{t("reversed")}</p> : null}
      <p className={css["note"]}>{t("dataSpan", { span: span(market.first_day, market.last_day) })}</p>
      <Labelled label={t("nGroups")}><input type="number" inputMode="numeric" min={2} max={20} value={ask.n_groups} onChange={(event) => change({ n_groups: event.target.value })} /></Labelled>
      <Labelled label={t("holding")}><input type="number" inputMode="numeric" min={1} max={60} value={ask.holding_period} onChange={(event) => change({ holding_period: event.target.value })} /></Labelled>
      <div className={css["row"]}>
        <span>{t("mode")}</span>
        <Segmented label={t("mode")} value={mode} options={MODES.map((value) => ({ value, label: t(`mode_${value}`) }))} onChange={setMode} />
      </div>
      <p className={css["note"]}>{t(`mode_${mode}_note`)}</p>
      {tooMany ? <p className={css["wrong"]} role="alert">{t("tooMany", { most: integer(MOST_TESTED[mode]), value: integer(names.length) })}</p> : null}
      <label className={css["check"]}>
        <input type="checkbox" checked={ask.seal} onChange={(event) => change({ seal: event.target.checked })} />
        <span>{t("seal")}</span>
      </label>
      <Strip calm>{t("testTrials")}</Strip>
      {failure ? <Refusal of={failure} /> : null}
      <div className={css["actions"]}>
        <Button onClick={onCancel}>{t("cancel")}</Button>
        <Button type="submit" look="primary" disabled={!right || busy} data-testid="library-test-start">{busy ? t("sending") : t("startTest")}</Button>
      </div>
    </form>
  );
}
