/** Pointer, wheel and keys on a chart over days. */

import type { DayControl } from "./DayControl";

/** Fewer pixels than this are a click, not a range. */
const SMALLEST_DRAG = 8;
/** A second click within this is a double click. */
const DOUBLE_MS = 260;

interface Ground {
  readonly frame: HTMLElement;
  readonly brush: HTMLElement;
  readonly control: DayControl;
  /** What a click on a day does, if anything. */
  readonly onDay: () => ((day: string) => void) | null;
}

/** Listen; the answer stops it. */
export function listen({ frame, brush, control, onDay }: Ground): () => void {
  let left = 0;
  const across = (event: { clientX: number }) => event.clientX - left;
  const measure = () => {
    left = frame.getBoundingClientRect().left;
  };
  let hold: { kind: "brush" | "pan" | "touch"; from: number; last: number; index: number } | null = null;
  const fingers = new Map<number, number>();
  let click = 0;

  const choose = (index: number) => {
    const day = control.day(index);
    if (day) onDay()?.(day);
  };

  const down = (event: PointerEvent) => {
    measure();
    const x = across(event);
    fingers.set(event.pointerId, x);
    if (event.pointerType === "mouse" && event.button !== 0) return;
    if (control.valueAt(x) === null) return;
    if (event.pointerType === "mouse") {
      frame.setPointerCapture(event.pointerId);
      event.preventDefault();
      frame.querySelector<HTMLElement>("[role=img]")?.focus({ preventScroll: true });
      hold = { kind: event.shiftKey ? "pan" : "brush", from: x, last: x, index: control.indexAt(x) };
    } else {
      hold = { kind: "touch", from: x, last: x, index: control.current() };
      control.point(control.indexAt(x));
    }
  };

  const pinch = (event: PointerEvent): boolean => {
    if (fingers.size !== 2 || !fingers.has(event.pointerId)) return false;
    const width = () => {
      const [a = 0, b = 0] = [...fingers.values()];
      return Math.max(24, Math.abs(a - b));
    };
    const before = width();
    fingers.set(event.pointerId, across(event));
    const [a = 0, b = 0] = [...fingers.values()];
    control.zoomBy(before / width(), (a + b) / 2);
    return true;
  };

  const move = (event: PointerEvent) => {
    if (pinch(event)) return;
    const x = across(event);
    if (!hold) {
      if (event.pointerType !== "mouse") return;
      const index = control.indexAt(x);
      if (index >= 0) control.point(index);
      else control.leave();
      return;
    }
    if (hold.kind === "brush") {
      const wide = Math.abs(x - hold.from) >= SMALLEST_DRAG;
      Object.assign(brush.style, { display: wide ? "block" : "none", left: `${Math.min(hold.from, x)}px`, width: `${Math.abs(x - hold.from)}px` });
    } else if (hold.kind === "pan") {
      control.panBy(x - hold.last);
    } else {
      control.point(control.indexAt(x));
    }
    hold.last = x;
  };

  const up = (event: PointerEvent) => {
    fingers.delete(event.pointerId);
    const held = hold;
    hold = null;
    brush.style.display = "none";
    if (!held || event.type === "pointercancel") return;
    const x = across(event);
    const dragged = Math.abs(x - held.from) >= SMALLEST_DRAG;
    if (held.kind === "brush" && dragged) control.zoomTo(Math.min(held.from, x), Math.max(held.from, x));
    else if (held.kind === "touch") {
      // The first tap reads a day, a tap on the day that is read opens it.
      if (!dragged && held.index >= 0 && held.index === control.indexAt(x)) choose(held.index);
    } else if (!dragged) {
      window.clearTimeout(click);
      click = window.setTimeout(() => choose(held.index), DOUBLE_MS);
    }
  };

  const double = () => {
    window.clearTimeout(click);
    control.reset();
  };

  const wheel = (event: WheelEvent) => {
    measure();
    const sideways = event.shiftKey ? event.deltaY || event.deltaX : Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : 0;
    if (event.ctrlKey || event.metaKey) control.zoomBy(Math.exp(event.deltaY * 0.0016), across(event));
    else if (sideways) control.panBy(-sideways);
    else return;
    event.preventDefault();
  };

  const keys: Record<string, (event: KeyboardEvent) => void> = {
    ArrowLeft: (event) => control.step(event.shiftKey ? -20 : -1),
    ArrowRight: (event) => control.step(event.shiftKey ? 20 : 1),
    Home: () => control.step(-1e9),
    End: () => control.step(1e9),
    PageUp: () => control.panByShare(-0.5),
    PageDown: () => control.panByShare(0.5),
    "+": () => control.zoomBy(0.6),
    "=": () => control.zoomBy(0.6),
    "-": () => control.zoomBy(1 / 0.6),
    "0": () => control.reset(),
    Enter: () => choose(control.current()),
    Escape: () => control.leave(),
  };
  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !control.reads()) return;
    const act = keys[event.key];
    if (!act || (event.key === "Escape" && control.current() < 0)) return;
    event.preventDefault();
    act(event);
  };
  const leave = (event: Event) => {
    // A finger that is lifted leaves, too; its reading stays until something else is touched.
    if (!hold && !(event instanceof PointerEvent && event.pointerType !== "mouse")) control.leave();
  };
  const elsewhere = (event: PointerEvent) => {
    if (!frame.contains(event.target as Node | null)) control.leave();
  };

  frame.addEventListener("pointerenter", measure);
  frame.addEventListener("pointerdown", down);
  frame.addEventListener("pointermove", move);
  frame.addEventListener("pointerup", up);
  frame.addEventListener("pointercancel", up);
  frame.addEventListener("pointerleave", leave);
  frame.addEventListener("dblclick", double);
  frame.addEventListener("wheel", wheel, { passive: false });
  frame.addEventListener("keydown", key);
  frame.addEventListener("focusout", leave);
  document.addEventListener("pointerdown", elsewhere);
  return () => {
    window.clearTimeout(click);
    frame.removeEventListener("pointerenter", measure);
    frame.removeEventListener("pointerdown", down);
    frame.removeEventListener("pointermove", move);
    frame.removeEventListener("pointerup", up);
    frame.removeEventListener("pointercancel", up);
    frame.removeEventListener("pointerleave", leave);
    frame.removeEventListener("dblclick", double);
    frame.removeEventListener("wheel", wheel);
    frame.removeEventListener("keydown", key);
    frame.removeEventListener("focusout", leave);
    document.removeEventListener("pointerdown", elsewhere);
  };
}
