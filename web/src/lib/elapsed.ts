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
