/** Copies a text; a browser that keeps its clipboard to itself (a page without https) gets the old way. */

import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { toast } from "@/lib/toast";

import { Button, IconButton } from "./controls";
import { CheckIcon, CopyIcon } from "./icons";

const COPIED_MS = 1_500;

function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "sr";
  // Inside an open dialog nothing outside of it can be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    area.remove();
  }
}

async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

interface CopyButtonProps {
  readonly text: string;
  /** What is copied, for those who cannot see what stands beside it. */
  readonly label: string;
  /** With its words beside the icon. */
  readonly worded?: boolean;
}

export function CopyButton({ text, label, worded = false }: CopyButtonProps) {
  const { t } = useTranslation("ui");
  const [copied, setCopied] = useState(false);
  const timer = useRef(0);
  useEffect(() => () => window.clearTimeout(timer.current), []);
  const copy = () =>
    void copyText(text).then((done) => {
      if (!done) return toast("error", t("notCopied"));
      setCopied(true);
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => setCopied(false), COPIED_MS);
    });
  const icon = copied ? <CheckIcon size={14} /> : <CopyIcon size={14} />;
  if (worded) return <Button small onClick={copy}>{icon} {copied ? t("copied") : label}</Button>;
  return (
    <>
      <IconButton label={copied ? t("copied") : label} onClick={copy}>{icon}</IconButton>
      <span className="sr" aria-live="polite">{copied ? t("copied") : ""}</span>
    </>
  );
}
