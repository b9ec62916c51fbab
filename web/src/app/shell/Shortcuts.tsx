/** Every key that does something, under "?". */

import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "@/ui/Dialog";

import css from "./Shell.module.css";

const KEYS = [
  ["/", "focus"],
  ["Enter", "run"],
  ["Shift Enter", "break"],
  ["Alt Enter", "mend"],
  ["Esc", "leave"],
  ["1 … 7", "tabs"],
  ["← →", "read"],
  ["t", "table"],
  ["f", "full"],
  ["e", "export"],
  ["?", "help"],
] as const;

export function Shortcuts() {
  const { t } = useTranslation("shell");
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return;
      if (target && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
      event.preventDefault();
      setOpen(true);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return (
    <Dialog title={t("shortcuts")} open={open} onClose={() => setOpen(false)}>
      <dl className={css["keys"]}>
        {KEYS.map(([keys, name]) => (
          <div key={name}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(`key_${name}`)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
