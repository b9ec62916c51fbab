/** One press, one request: the second press of a double click comes before the page has drawn that it knows of the first. */

import { useRef } from "react";

/** Starts work and is told when it has ended; until then nothing else is started. */
export type Once = (start: (done: () => void) => void) => void;

export function makeOnce(): Once {
  let busy = false;
  return (start) => {
    if (busy) return;
    busy = true;
    start(() => {
      busy = false;
    });
  };
}

export function useOnce(): Once {
  const once = useRef<Once | null>(null);
  return (start) => (once.current ??= makeOnce())(start);
}
