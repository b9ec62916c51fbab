/** Every key that does something on the open page, under "?": those declared by components, and those of inputs and charts. */

import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { shortcuts, type Shortcut } from "@/lib/keys";
import { Dialog } from "@/ui/Dialog";
import { Keys } from "@/ui/Keys";

import css from "./Shortcuts.module.css";

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
  const { t } = useTranslation("shell");
  const declared = shortcuts.useAll();
  return (
    <div className={css["columns"]}>
      <section>
        <h3>{t("keys_page")}</h3>
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
          <h3>{t(`keys_${place}`)}</h3>
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

export function Shortcuts() {
  const { t } = useTranslation("shell");
  const [open, setOpen] = useState(false);
  const own = useMemo<readonly Shortcut[]>(() => [{ keys: "?", label: t("shortcutsOpen"), run: () => setOpen(true) }], [t]);
  shortcuts.useEntries(own);
  return (
    <Dialog title={t("shortcuts")} open={open} onClose={() => setOpen(false)} width={720}>
      <ShortcutList />
    </Dialog>
  );
}
