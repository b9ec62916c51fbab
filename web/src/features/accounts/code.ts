/** The six digits, and the code that is on its way: kept for a reload while somebody looks into the mail. */

import { tabMemory } from "@/lib/storage";

export const DIGITS = 6;
/** The server's pause between two codes; its refusal corrects it. */
export const RESEND_SECONDS = 60;

/** The digits of whatever was typed or pasted: "验证码：１２３ 456" is "123456". */
export const digitsOf = (text: string) => text.normalize("NFKC").replaceAll(/\D/g, "").slice(0, DIGITS);

/** A code that was sent. Moments are milliseconds of this computer's clock. */
export interface Sent {
  readonly email: string;
  readonly expiresAt: number;
  readonly resendAt: number;
}

const KEY = "signin.sent";

/** The code that was sent from this tab, while it is still valid. */
export function sentBefore(now = Date.now()): Sent | null {
  const kept = tabMemory.json<Partial<Sent>>(KEY);
  if (!kept || typeof kept.email !== "string" || typeof kept.expiresAt !== "number" || typeof kept.resendAt !== "number" || kept.expiresAt <= now) return null;
  return { email: kept.email, expiresAt: kept.expiresAt, resendAt: kept.resendAt };
}

export const keepSent = (sent: Sent | null) => tabMemory.setJson(KEY, sent);
