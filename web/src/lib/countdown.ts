/** Whole seconds until a moment, counted down while they are shown. */

import { useEffect, useState } from "react";

const left = (until: number | null) => (until === null ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1000)));

/** `until` in milliseconds of this computer's clock; null and the past are 0. */
export function useCountdown(until: number | null): number {
  const [, tick] = useState(0);
  const seconds = left(until);
  const running = seconds > 0;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => tick((count) => count + 1), 250);
    return () => clearInterval(timer);
  }, [running, until]);
  return seconds;
}
