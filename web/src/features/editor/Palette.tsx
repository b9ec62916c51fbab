/** Operators and fields to insert at the cursor. Arrow keys move through them; one stop for Tab. */

import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";

import type { Field, Operator, Vocabulary } from "@/api/operators";
import { pick } from "@/lib/i18n";
import { SearchField } from "@/ui/SearchField";

import css from "./Palette.module.css";
import { FieldDetail, OperatorDetail } from "./OperatorDetail";
import { templateOf } from "./vocabulary";

interface Chip {
  readonly id: string;
  readonly label: string;
  readonly template: (selected: string) => string;
  readonly operator?: Operator;
  readonly field?: Field;
}

interface Group {
  readonly name: string;
  readonly title: string;
  readonly chips: readonly Chip[];
}

const hit = (query: string, ...texts: readonly string[]) => texts.some((text) => text.toLowerCase().includes(query));

/** Groups with what matches; a group without a match is left out. */
export function groupsOf(vocabulary: Vocabulary, query: string, language: string, fieldsTitle: string): Group[] {
  const asked = query.trim().toLowerCase();
  const chipOf = (operator: Operator): Chip => ({ id: operator.name, label: operator.symbol || operator.name, template: (selected) => templateOf(operator, selected), operator });
  const operators = vocabulary.categories.map((category) => ({
    name: category.name,
    title: pick(category, language),
    chips: vocabulary.operators
      .filter((one) => one.category === category.name && hit(asked, one.name, one.symbol, one.zh, one.en, category.zh, category.en, ...one.aliases))
      .map(chipOf),
  }));
  const special = vocabulary.special.map((one): Field => ({ ...one, unit: "shares" }));
  const fields = [...vocabulary.fields, ...special]
    .filter((field) => hit(asked, field.name, field.zh, field.en))
    .map((field): Chip => {
      const name = field.name.replace("{N}", "20");
      return { id: `field-${name}`, label: name, template: () => (field.name.includes("{N}") ? "adv${1:20}" : name), field };
    });
  return [...operators, { name: "fields", title: fieldsTitle, chips: fields }].filter((group) => group.chips.length > 0);
}

interface PaletteProps {
  readonly vocabulary: Vocabulary;
  readonly onInsert: (template: (selected: string) => string) => void;
}

export function Palette({ vocabulary, onInsert }: PaletteProps) {
  const { t, i18n } = useTranslation("workbench");
  const [query, setQuery] = useState("");
  const [shown, setShown] = useState<Chip | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const groups = useMemo(() => groupsOf(vocabulary, query, i18n.language, t("fields")), [vocabulary, query, i18n.language, t]);
  const flat = groups.flatMap((group) => group.chips);
  const stop = flat.find((chip) => chip.id === shown?.id)?.id ?? flat[0]?.id;
  const detail = shown ?? flat.find((chip) => chip.operator) ?? null;

  const move = (event: KeyboardEvent) => {
    const buttons = [...(box.current?.querySelectorAll<HTMLButtonElement>("button[data-chip]") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -buttons.length, End: buttons.length }[event.key];
    if (step === undefined || at < 0) return;
    event.preventDefault();
    buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
  };
  // The editor keeps its selection while a chip is pressed.
  const keepFocus = (event: PointerEvent) => event.preventDefault();

  return (
    <div className={css["palette"]}>
      <div className={css["search"]}>
        <SearchField label={t("filter", { count: vocabulary.operators.length })} value={query} onChange={setQuery} />
      </div>
      <div ref={box} className={css["groups"]} role="toolbar" aria-label={t("palette")} aria-orientation="horizontal" onKeyDown={move}>
        {groups.length === 0 ? <p className="muted">{t("noneFound", { query })}</p> : null}
        {groups.map((group) => (
          <section key={group.name} aria-label={group.title}>
            <h3>{group.title}</h3>
            <div className={css["chips"]}>
              {group.chips.map((chip) => (
                <button
                  key={chip.id}
                  type="button"
                  data-chip={chip.id}
                  data-on={detail?.id === chip.id ? "" : undefined}
                  tabIndex={chip.id === stop ? 0 : -1}
                  onPointerDown={keepFocus}
                  onMouseEnter={() => setShown(chip)}
                  onFocus={() => setShown(chip)}
                  onClick={() => onInsert(chip.template)}
                >
                  {chip.label}
                </button>
              ))}
            </div>
          </section>
        ))}
      </div>
      <div className={css["about"]} aria-live="polite">
        {detail?.operator ? <OperatorDetail operator={detail.operator} /> : null}
        {detail?.field ? <FieldDetail field={detail.field} /> : null}
      </div>
    </div>
  );
}
