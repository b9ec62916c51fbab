/** Find a share or an index by code or name: a box with a list, arrows and Enter choose. */

import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { useInstruments } from "@/api/data";
import type { Instrument } from "@/api/dataTypes";
import { Tag } from "@/ui/controls";
import { SearchIcon } from "@/ui/icons";

import css from "./Bars.module.css";
import { enteredCode } from "./entered";

const PAUSE_MS = 120;

function Line({ one }: { one: Instrument }) {
  const { t } = useTranslation("dataset");
  return (
    <>
      <code>{one.code}</code>
      <span lang="zh" data-user-text="">{one.name}</span>
      {one.kind === "index" ? <Tag>{t("index")}</Tag> : null}
      {one.delisted ? <Tag outline>{t("delisted")}</Tag> : null}
      {one.industry ? <span className="muted" lang="zh" data-user-text="">{one.industry}</span> : null}
    </>
  );
}

interface NamePickerProps {
  readonly market: string;
  readonly onPick: (code: string) => void;
}

export function NamePicker({ market, onPick }: NamePickerProps) {
  const { t } = useTranslation("dataset");
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [marked, setMarked] = useState(0);
  const [query] = useDebouncedValue(text.trim(), PAUSE_MS);
  const list = useInstruments(market, query, 20);
  const found = list.data?.instruments ?? [];
  // Old lines stay in sight while newer ones are on their way; a list that cannot be read knows nothing.
  const answered = list.isPlaceholderData || list.isPending ? null : { query, codes: found.map((one) => one.code) };
  const [waiting, setWaiting] = useState<string | null>(null);
  useEffect(() => setMarked(0), [query]);

  const choose = (next: string) => {
    onPick(next);
    setText("");
    setOpen(false);
    setWaiting(null);
  };
  const enter = () => {
    const chosen = enteredCode({ text, answered, marked, open });
    if (chosen === "wait") setWaiting(text);
    else if (chosen) choose(chosen.code);
  };
  // Enter was pressed before the answer was there.
  useEffect(() => {
    if (waiting !== null && waiting === text && answered?.query === text.trim()) enter();
  });
  const onKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Escape") {
      setOpen(false);
      setWaiting(null);
      if (!open) input.current?.blur();
      return;
    }
    if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      enter();
      return;
    }
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    setOpen(true);
    setMarked((old) => (found.length === 0 ? 0 : (old + step + found.length) % found.length));
  };
  const shown = open && found.length > 0;
  return (
    <div className={css["picker"]} onBlur={(event) => (event.currentTarget.contains(event.relatedTarget) ? undefined : setOpen(false))}>
      <label htmlFor={`${id}-input`} className="sr">{t("findName")}</label>
      <SearchIcon size={14} />
      <input
        ref={input}
        id={`${id}-input`}
        type="text"
        role="combobox"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown ? `${id}-${marked}` : undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={60}
        placeholder={t("findName")}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onClick={() => setOpen(true)}
        onKeyDown={onKey}
      />
      {shown ? (
        <ul className={css["options"]} id={`${id}-list`} role="listbox" aria-label={t("findName")}>
          {found.map((one, i) => (
            <li
              key={one.code}
              id={`${id}-${i}`}
              role="option"
              aria-selected={i === marked}
              onPointerDown={(event) => event.preventDefault()}
              onPointerMove={() => setMarked(i)}
              onClick={() => choose(one.code)}
            >
              <Line one={one} />
            </li>
          ))}
          {(list.data?.total ?? 0) > found.length ? <li className={css["more"]} role="presentation">{t("moreNames", { count: (list.data?.total ?? 0) - found.length })}</li> : null}
        </ul>
      ) : null}
      {open && text.trim() !== "" && !list.isFetching && found.length === 0 ? <p className={css["none"]} role="status">{t("noNameFound", { text: text.trim().slice(0, 40) })}</p> : null}
    </div>
  );
}
