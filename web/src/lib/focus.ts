/** The field that is meant when something opens: focused now, and by the dialog that opens around it a moment later. */

/** For `ref`; keeps its identity, so it acts once. */
export function focusHere(element: HTMLElement | null): void {
  element?.setAttribute("autofocus", "");
  element?.focus();
}
