/** Listens for the keys that components have declared. None fires while something is typed, except with Ctrl or Alt. */

import { useEffect } from "react";

import { chordOf, isTyping, meaning, shortcuts } from "@/lib/keys";

/** Longest pause inside a sequence such as "g r". */
const PAUSE_MS = 1200;

const modalOpen = () => document.querySelector("dialog[open]") !== null;
/** Enter and Space on a control belong to the control. */
const isPressed = (target: EventTarget | null, chord: string) => (chord === "Enter" || chord === "Space") && target instanceof Element && target.closest("a, button, summary, [role=option], [role=menuitem]") !== null;

export function useShortcutListener(): void {
  useEffect(() => {
    let row: string[] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onKey = (event: KeyboardEvent) => {
      const chord = chordOf(event);
      if (chord === "" || event.isComposing || event.defaultPrevented || isPressed(event.target, chord)) return;
      const typing = isTyping(event.target);
      const modal = modalOpen();
      const entries = shortcuts.all().filter((entry) => (!typing || (entry.whileTyping === true && /^(Ctrl|Alt)\+/.test(chord))) && (!modal || entry.inDialog === true));
      const found = meaning(entries, [...row, chord]) ?? meaning(entries, [chord]);
      const continues = meaning(entries, [...row, chord]) !== null;
      clearTimeout(timer);
      if (found === "begun") {
        row = continues ? [...row, chord] : [chord];
        timer = setTimeout(() => {
          row = [];
        }, PAUSE_MS);
      } else row = [];
      if (found === null) return;
      event.preventDefault();
      if (found !== "begun") found.run();
    };
    document.addEventListener("keydown", onKey);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", onKey);
    };
  }, []);
}
