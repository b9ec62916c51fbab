/** Seconds since something began, counted while it is on screen. */

import { useEffect, useState } from "react";

const TICK_MS = 100;

/** `before` are seconds that had passed already when it came on screen. */
export function useElapsed(before = 0): number {
  const [start] = useState(() => performance.now());
  const [earlier] = useState(before);
  const [now, setNow] = useState(start);
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return earlier + (now - start) / 1000;
}

/** Seconds between two stamps of the server; 0 when one is missing. The reader's own clock does not come into it. */
export function secondsBetween(from: string | null | undefined, to: string | null | undefined): number {
  if (!from || !to) return 0;
  const value = (Date.parse(to) - Date.parse(from)) / 1000;
  return Number.isFinite(value) && value > 0 ? value : 0;
}
