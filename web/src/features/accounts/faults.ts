/** What went wrong at the door, in our words: keys of the language file and their values. */

import type { ApiError } from "@/api/client";

export interface Said {
  readonly key: string;
  /** Seconds to wait, where waiting helps. */
  readonly wait?: number;
  readonly count?: number;
  /** What the door has no words of its own for. */
  readonly refused?: ApiError;
}

/** A fault of asking for a code. */
export function sendFault(fault: ApiError): Said {
  if (fault.offline) return { key: "offline" };
  if (fault.status === 400) return { key: "badEmail" };
  if (fault.status === 429) return { key: "tooSoon", wait: fault.retryAfterSeconds ?? 60 };
  if (fault.status === 503) return { key: fault.facts.hint?.includes("SMTP_HOST") ? "noMail" : "mailFailed" };
  return { key: "failed", refused: fault };
}

/** A fault of showing a code. `WrongCode` says how many tries are left in its sentence. */
export function codeFault(fault: ApiError): Said {
  if (fault.offline) return { key: "offline" };
  if (fault.status === 429) return fault.retryAfterSeconds !== null && fault.retryAfterSeconds > 1 ? { key: "locked", wait: fault.retryAfterSeconds } : { key: "lockedNow" };
  if (fault.status === 401) return { key: "shutOut" };
  if (fault.facts.code === "WrongCode") return { key: "wrongCode", count: Number(/\d+/.exec(fault.message)?.[0] ?? 0) };
  if (fault.facts.code === "CodeGone") return { key: "codeGone" };
  return { key: "failed", refused: fault };
}

/** A fault of the administrator's password. */
export function adminFault(fault: ApiError): Said {
  if (fault.offline) return { key: "offline" };
  if (fault.status === 401) return { key: "adminWrong" };
  if (fault.status === 429) return { key: "adminTooOften", wait: fault.retryAfterSeconds ?? 60 };
  if (fault.status === 503) return { key: "adminUnset" };
  return { key: "failed", refused: fault };
}

/** Seconds as the unit in which a person waits, rounded up. */
export function waitOf(seconds: number): { key: "wait_seconds" | "wait_minutes" | "wait_hours"; count: number } {
  if (seconds <= 120) return { key: "wait_seconds", count: Math.max(1, Math.ceil(seconds)) };
  if (seconds <= 7200) return { key: "wait_minutes", count: Math.ceil(seconds / 60) };
  return { key: "wait_hours", count: Math.ceil(seconds / 3600) };
}
