/** The command palette: one field that finds pages, commands, runs, sessions and operators, and takes an expression or an idea. */

import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { commands } from "@/lib/commands";
import { isTyping } from "@/lib/keys";
import { SearchIcon } from "@/ui/icons";
import { Keys } from "@/ui/Keys";
import { useModal } from "@/ui/useModal";

import css from "./Palette.module.css";
import { useFoundEntries, useTypedEntries, type Entry } from "./paletteEntries";
import { sections } from "./paletteSort";

function Option({ id, entry, chosen, onPick, onPoint }: { id: string; entry: Entry; chosen: boolean; onPick: () => void; onPoint: () => void }) {
  const row = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (chosen) row.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <div ref={row} id={id} role="option" aria-selected={chosen} className={css["option"]} onClick={onPick} onPointerMove={onPoint} data-command={entry.id}>
      {entry.icon}
      <span className={entry.code ? css["code"] : css["label"]} data-user-text={entry.own ? "" : undefined}>{entry.label}</span>
      {entry.note ? <span className={css["note"]}>{entry.note}</span> : null}
      {entry.keys ? <span className={css["keys"]}><Keys keys={entry.keys} /></span> : null}
    </div>
  );
}

export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("shell");
  const modal = useModal(true, onClose);
  const id = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const declared = commands.useAll();
  const found = useFoundEntries();
  const typed = useTypedEntries(text);
  const groups = useMemo(() => {
    const rest = sections<Entry>(text, [...declared, ...found], [t("commands_pages")], [t("commands_operators"), t("commands_view")]);
    if (typed.length === 0) return rest;
    const own = { name: t("commands_typed"), entries: typed };
    // An expression that can run comes first; a mere sentence waits behind what was found.
    return typed[0]?.id === "typed-ask" ? [...rest, own] : [own, ...rest];
  }, [text, declared, found, typed, t]);
  const flat = groups.flatMap((group) => group.entries);
  const chosen = Math.min(at, flat.length - 1);

  const pick = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    // After the dialog has given the focus back, so that a command may put it elsewhere.
    setTimeout(entry.run);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined && flat.length > 0) {
      event.preventDefault();
      const single = Math.abs(step) === 1;
      setAt(single ? (chosen + step + flat.length) % flat.length : Math.min(flat.length - 1, Math.max(0, chosen + step)));
    } else if (event.key === "Enter" && isTyping(event.target)) {
      event.preventDefault();
      pick(flat[chosen]);
    } else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onClose();
    }
  };
  let index = -1;
  return (
    <dialog {...modal} className={css["palette"]} aria-label={t("commandField")} data-testid="palette" onKeyDown={onKey}>
      <div className={css["inner"]}>
        <label className={css["field"]}>
          <SearchIcon />
          <span className="sr">{t("commandField")}</span>
          <input
            role="combobox"
            aria-expanded
            aria-controls={`${id}-list`}
            aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
            aria-autocomplete="list"
            autoFocus
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={10_000}
            placeholder={t("commandHint")}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setAt(0);
            }}
          />
          <Keys keys="Esc" />
        </label>
        <div id={`${id}-list`} role="listbox" aria-label={t("commandField")} className={css["list"]}>
          {groups.map((group) => (
            <div key={group.name} role="group" aria-label={group.name}>
              <div className={css["group"]} aria-hidden="true">{group.name}</div>
              {group.entries.map((entry) => {
                index += 1;
                const mine = index;
                return <Option key={entry.id} id={`${id}-${mine}`} entry={entry} chosen={mine === chosen} onPick={() => pick(entry)} onPoint={() => setAt(mine)} />;
              })}
            </div>
          ))}
        </div>
        {flat.length === 0 ? <p className={css["none"]} role="status">{t("nothingFound")}</p> : null}
      </div>
    </dialog>
  );
}
