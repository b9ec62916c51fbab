/** The settings of a run as chips; each opens what can be chosen. */

import { Menu, Popover } from "@mantine/core";
import { useId, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { MarketFacts } from "@/api/types";
import { integer, span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { CheckIcon, ChevronIcon, SlidersIcon } from "@/ui/icons";

import css from "./Composer.module.css";
import type { Parameters } from "./draft";

interface ChipProps {
  readonly name: string;
  readonly text: string;
  /** On phones. */
  readonly short?: string;
  readonly wrong: boolean;
}

function chipLabel({ name, text, short, wrong }: ChipProps) {
  return { className: css["chip"], "data-wrong": wrong ? "" : undefined, children: <><span className="sr">{name}: </span>{short ? <><span className={css["long"]}>{text}</span><span className={css["short"]}>{short}</span></> : text}<ChevronIcon size={12} /></> } as const;
}

function ChoiceChip({ chip, options, value, onChange }: { chip: ChipProps; options: readonly { value: string; label: string; note?: string }[]; value: string; onChange: (value: string) => void }) {
  return (
    <Menu position="top-start" withinPortal>
      <Menu.Target>
        <button type="button" {...chipLabel(chip)} />
      </Menu.Target>
      <Menu.Dropdown>
        {options.map((option) => (
          <Menu.Item key={option.value} leftSection={<span style={{ visibility: option.value === value ? "visible" : "hidden", display: "inline-flex" }}><CheckIcon size={14} /></span>} onClick={() => onChange(option.value)}>
            {option.label}
            {option.note ? <span className="muted" style={{ marginLeft: 8, fontSize: 12 }}>{option.note}</span> : null}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function FormChip({ chip, children }: { chip: ChipProps; children: ReactNode }) {
  const [open, setOpen] = useState(false);
  return (
    <Popover opened={open} onChange={setOpen} position="top-start" withinPortal trapFocus>
      <Popover.Target>
        <button type="button" {...chipLabel(chip)} onClick={() => setOpen(!open)} />
      </Popover.Target>
      <Popover.Dropdown>
        <div className={css["form"]}>{children}</div>
      </Popover.Dropdown>
    </Popover>
  );
}

function yearsBefore(day: string, years: number, first: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCFullYear(date.getUTCFullYear() - years);
  date.setUTCDate(date.getUTCDate() + 1);
  const text = date.toISOString().slice(0, 10);
  return text < first ? first : text;
}

function RangeForm({ market, value, onChange }: { market: MarketFacts; value: Parameters; onChange: (part: Partial<Parameters>) => void }) {
  const { t } = useTranslation("composer");
  const reversed = value.start_date >= value.end_date;
  return (
    <>
      <label>
        {t("from")}
        <input type="date" value={value.start_date} min={market.first_day} max={market.last_day} onChange={(event) => event.target.value && onChange({ start_date: event.target.value })} />
      </label>
      <label>
        {t("to")}
        <input type="date" value={value.end_date} min={market.first_day} max={market.last_day} onChange={(event) => event.target.value && onChange({ end_date: event.target.value })} />
      </label>
      {reversed ? <p className={css["formError"]}>{t("reversed")}</p> : null}
      <div className={css["presets"]}>
        {[1, 3, 5, 10].map((years) => (
          <button key={years} type="button" onClick={() => onChange({ start_date: yearsBefore(market.last_day, years, market.first_day), end_date: market.last_day })}>
            {t("lastYears", { count: years })}
          </button>
        ))}
      </div>
      <p className="muted">{t("dataSpan", { span: span(market.first_day, market.last_day) })}</p>
    </>
  );
}

function CountField({ label, value, min, max, onChange }: { label: string; value: number; min: number; max: number; onChange: (value: number) => void }) {
  const { t } = useTranslation("composer");
  const [text, setText] = useState(String(value));
  const parsed = Number(text);
  const right = Number.isInteger(parsed) && parsed >= min && parsed <= max;
  return (
    <>
      <label>
        {label}
        <input
          type="number"
          inputMode="numeric"
          value={text}
          min={min}
          max={max}
          aria-invalid={!right}
          onChange={(event) => {
            setText(event.target.value);
            const next = Number(event.target.value);
            if (Number.isInteger(next) && next >= min && next <= max) onChange(next);
          }}
        />
      </label>
      {right ? null : <p className={css["formError"]}>{t("countLimits", { min, max, value })}</p>}
    </>
  );
}

function Choices<T extends string>({ label, value, options, onChange }: { label: string; value: T; options: readonly { value: T; label: string; note: string }[]; onChange: (value: T) => void }) {
  const group = useId();
  return (
    <fieldset className={css["choices"]}>
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input type="radio" name={group} checked={option.value === value} onChange={() => onChange(option.value)} />
          <span>{option.label}<small>{option.note}</small></span>
        </label>
      ))}
    </fieldset>
  );
}

/** Costs and the sealed slice; the button says so when they are not as usual. */
function MoreChip({ value, wrong, onChange }: { value: Parameters; wrong: boolean; onChange: (part: Partial<Parameters>) => void }) {
  const { t } = useTranslation(["composer", "words"]);
  const [open, setOpen] = useState(false);
  const unusual = [value.costs === "flat" ? "" : t(`costsChip_${value.costs}`), value.seal ? "" : t("sealChip_off")].filter(Boolean).join(" · ");
  return (
    <Popover opened={open} onChange={setOpen} position="top-start" withinPortal trapFocus>
      <Popover.Target>
        <button type="button" className={css["chip"]} aria-label={t("more")} aria-expanded={open} data-wrong={wrong ? "" : undefined} onClick={() => setOpen(!open)}>
          <SlidersIcon size={14} />{unusual}
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className={css["form"]}>
          <Choices
            label={t("costs")}
            value={value.costs}
            options={[
              { value: "flat", label: t("words:costs_flat"), note: t("flatNote") },
              { value: "itemised", label: t("words:costs_itemised"), note: t("itemisedNote") },
            ]}
            onChange={(costs) => onChange({ costs })}
          />
          <Choices
            label={t("seal")}
            value={value.seal ? "on" : "off"}
            options={[
              { value: "on", label: t("sealOn"), note: t("sealOnNote") },
              { value: "off", label: t("sealOff"), note: t("sealOffNote") },
            ]}
            onChange={(chosen) => onChange({ seal: chosen === "on" })}
          />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

interface ParameterChipsProps {
  readonly market: MarketFacts;
  readonly value: Parameters;
  readonly wrongField: string | undefined;
  readonly onChange: (part: Partial<Parameters>) => void;
}

export function ParameterChips({ market, value, wrongField, onChange }: ParameterChipsProps) {
  const { t, i18n } = useTranslation(["composer", "words"]);
  const name = (pairs: readonly { name: string; zh: string; en: string }[], key: string) => pick(pairs.find((pair) => pair.name === key), i18n.language) || key;
  const wrong = (...fields: string[]) => wrongField !== undefined && fields.includes(wrongField);
  return (
    <div className={css["chips"]} role="group" aria-label={t("parameters")}>
      <ChoiceChip
        chip={{ name: t("universe"), text: name(market.universes, value.universe), wrong: wrong("universe") }}
        value={value.universe}
        options={market.universes.map((universe) => ({
          value: universe.name,
          label: pick(universe, i18n.language),
          note: [universe.members === null ? "" : t("members", { value: integer(universe.members) }), universe.is_pit ? t("words:pit") : t("words:not_pit")].filter(Boolean).join(" · "),
        }))}
        onChange={(universe) => onChange({ universe })}
      />
      <FormChip chip={{ name: t("range"), text: span(value.start_date, value.end_date), short: span(value.start_date.slice(0, 7), value.end_date.slice(0, 7)), wrong: wrong("start_date", "end_date") || value.start_date >= value.end_date }}>
        <RangeForm market={market} value={value} onChange={onChange} />
      </FormChip>
      <FormChip chip={{ name: t("grouping"), text: t("words:groups_holding", { groups: value.n_groups, holding: value.holding_period }), wrong: wrong("n_groups", "holding_period") }}>
        <CountField label={t("nGroups")} value={value.n_groups} min={2} max={20} onChange={(n_groups) => onChange({ n_groups })} />
        <CountField label={t("holding")} value={value.holding_period} min={1} max={60} onChange={(holding_period) => onChange({ holding_period })} />
      </FormChip>
      <ChoiceChip
        chip={{ name: t("benchmark"), text: t("benchmarkChip", { name: name(market.benchmarks, value.benchmark) }), wrong: wrong("benchmark") }}
        value={value.benchmark}
        options={market.benchmarks.map((benchmark) => ({ value: benchmark.name, label: pick(benchmark, i18n.language) }))}
        onChange={(benchmark) => onChange({ benchmark })}
      />
      <MoreChip value={value} wrong={wrong("options", "costs", "seal")} onChange={onChange} />
    </div>
  );
}
