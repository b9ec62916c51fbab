/** Every key that does something: those that components declare while they are mounted, and those of inputs and charts. */

import { useTranslation } from "react-i18next";

import { shortcuts, type Shortcut } from "@/lib/keys";
import { Keys } from "@/ui/Keys";

import css from "./ShortcutList.module.css";

/** Keys of one element, which listens for them itself. */
const LOCAL = {
  input: ["Enter", "Shift+Enter", "Alt+Enter", "Esc"],
  chart: ["←", "→", "t", "f", "e"],
  palette: ["↑", "↓", "Enter", "Esc"],
} as const;

const keyName = (key: string) => ({ "Enter": "enter", "Shift+Enter": "break", "Alt+Enter": "mend", "Esc": "leave", "←": "left", "→": "right", "↑": "up", "↓": "down" })[key] ?? key;

/** One line per label; the newest declaration stands for all that share it. */
export function lines(entries: readonly Shortcut[]): { label: string; keys: string[] }[] {
  const found = new Map<string, string[]>();
  const taken = new Set<string>();
  for (const entry of entries.toReversed()) {
    if (taken.has(entry.keys)) continue;
    taken.add(entry.keys);
    found.set(entry.label, [entry.keys, ...(found.get(entry.label) ?? [])]);
  }
  return [...found].map(([label, keys]) => ({ label, keys })).reverse();
}

export function ShortcutList() {
  const { t } = useTranslation("shortcuts");
  const declared = shortcuts.useAll();
  return (
    <div className={css["columns"]}>
      <section>
        <h2>{t("keys_page")}</h2>
        <dl className={css["list"]}>
          {lines(declared).map(({ label, keys }) => (
            <div key={label}>
              <dt>{keys.map((one) => <Keys key={one} keys={one} />)}</dt>
              <dd>{label}</dd>
            </div>
          ))}
        </dl>
      </section>
      {(["input", "chart", "palette"] as const).map((place) => (
        <section key={place}>
          <h2>{t(`keys_${place}`)}</h2>
          <dl className={css["list"]}>
            {LOCAL[place].map((key) => (
              <div key={key}>
                <dt><Keys keys={key} /></dt>
                <dd>{t(`key_${place}_${keyName(key)}`)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
