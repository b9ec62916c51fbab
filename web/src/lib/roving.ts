/** A row of buttons as one stop of the Tab key: arrows, Home and End go between them. */

import type { KeyboardEvent } from "react";

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function rove(event: KeyboardEvent<HTMLElement>): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("button:not(:disabled)")];
  const at = buttons.indexOf(event.target as HTMLElement);
  const step = STEPS[event.key];
  const next = event.key === "Home" ? 0 : event.key === "End" ? buttons.length - 1 : step === undefined ? -1 : (at + step + buttons.length) % buttons.length;
  if (at < 0 || next < 0) return;
  event.preventDefault();
  event.stopPropagation();
  buttons[next]?.focus();
}

/** Of the buttons of a row the Tab key stops at: the first one that is chosen, else the first. */
export const stopAt = (chosen: readonly boolean[]) => Math.max(0, chosen.indexOf(true));
