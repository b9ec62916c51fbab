/** What somebody wrote, as they wrote it: plain text, two lines until it is asked for. */

import { useLayoutEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { TextButton } from "@/ui/controls";

import css from "./Runs.module.css";

export function UserWords({ text }: { text: string }) {
  const { t } = useTranslation("runs");
  const box = useRef<HTMLParagraphElement>(null);
  const [long, setLong] = useState(false);
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    const words = box.current;
    if (words && !open) setLong(words.scrollHeight > words.clientHeight + 1);
  }, [text, open]);
  return (
    <div className={css["bubble"]} data-testid="prompt">
      <p ref={box} data-open={open ? "" : undefined}><bdi>{text}</bdi></p>
      {long ? <TextButton aria-expanded={open} onClick={() => setOpen(!open)}>{open ? t("lessWords") : t("allWords")}</TextButton> : null}
    </div>
  );
}
