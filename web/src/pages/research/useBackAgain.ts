/** A refusal for want of a connection ends with the next sign of the server. */

import { useEffect, useRef } from "react";

/** `heardAt` is when the server was last heard; what counts is only what came after the failure. */
export function useBackAgain(failed: boolean, heardAt: number, onBack: () => void): void {
  const before = useRef<number | null>(null);
  useEffect(() => {
    if (!failed) before.current = null;
    else if (before.current === null) before.current = heardAt;
    else if (heardAt > before.current) onBack();
  }, [failed, heardAt, onBack]);
}
