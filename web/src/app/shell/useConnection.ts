/** Whether the server can be heard, and when it is asked again. */

import { useCallback } from "react";

import { useHealth } from "@/api/queries";

/** As `useHealth` asks again after a failure. */
const RETRY_MS = 4_000;

export interface Connection {
  readonly offline: boolean;
  /** Milliseconds of this computer's clock; null while it is being asked. */
  readonly retryAt: number | null;
  readonly ask: () => void;
}

export function useConnection(): Connection {
  const { status, errorUpdateCount, errorUpdatedAt, isFetching, refetch } = useHealth();
  const ask = useCallback(() => void refetch(), [refetch]);
  // A question under way is no answer yet: after a failure it stays offline until one succeeds.
  return { offline: status !== "success" && errorUpdateCount > 0, retryAt: isFetching ? null : errorUpdatedAt + RETRY_MS, ask };
}
