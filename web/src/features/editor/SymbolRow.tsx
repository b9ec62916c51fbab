/** The signs of an expression above the keyboard of a phone; pressing one keeps the keyboard open. */

import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import css from "./Editor.module.css";

const SIGNS = ["(", ")", ",", "+", "-", "*", "/", "^", ">", "<", "_", "."];

/** How much of the window the keyboard covers, in pixels. */
function useKeyboard(): number {
  const [covered, setCovered] = useState(0);
  useEffect(() => {
    const view = window.visualViewport;
    if (!view) return;
    const measure = () => setCovered(Math.max(0, Math.round(window.innerHeight - view.height - view.offsetTop)));
    measure();
    view.addEventListener("resize", measure);
    view.addEventListener("scroll", measure);
    return () => {
      view.removeEventListener("resize", measure);
      view.removeEventListener("scroll", measure);
    };
  }, []);
  return covered;
}

interface SymbolRowProps {
  readonly onSign: (sign: string) => void;
  readonly onUndo: () => void;
}

export function SymbolRow({ onSign, onUndo }: SymbolRowProps) {
  const { t } = useTranslation("workbench");
  const covered = useKeyboard();
  return (
    <div className={css["signs"]} style={covered > 0 ? { bottom: covered } : undefined} role="toolbar" aria-label={t("signs")} data-testid="signs" onPointerDown={(event) => event.preventDefault()}>
      {SIGNS.map((sign) => (
        <button key={sign} type="button" tabIndex={-1} onClick={() => onSign(sign)}>{sign}</button>
      ))}
      <button type="button" tabIndex={-1} aria-label={t("undo")} onClick={onUndo}>↶</button>
    </div>
  );
}
