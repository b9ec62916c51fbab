/** What the server refused and why, in the language of the page: one set of words for every place that says it. */

import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/** What an ApiError looks like from here; any other error fits, too. */
interface Failure {
  readonly message?: string;
  readonly status?: number;
  readonly offline?: boolean;
  readonly retryAfterSeconds?: number | null;
  readonly facts?: { readonly code?: string | undefined; readonly hint?: string | undefined; readonly english?: string | undefined };
}

type Reason = "offline" | "expired" | "signedOut" | "adminLocked" | "forbidden" | "missing" | "large" | "often" | "oftenWait" | "busy" | "busyWait" | "full" | "fullWait" | "broken" | "refused";

export interface Refused {
  readonly reason: Reason;
  /** Seconds after which it may go, where the server says so. */
  readonly seconds: number | null;
  /** What the server said, in its own language. */
  readonly said: string;
  /** The same in English, where the server has it. */
  readonly english: string;
  readonly hint: string;
}

const BY_STATUS: Readonly<Record<number, Reason>> = { 403: "forbidden", 404: "missing", 413: "large" };

function reasonOf(failure: Failure, waits: boolean): Reason {
  const { status = -1, facts } = failure;
  if (failure.offline === true || status === 0) return "offline";
  if (status === 401) return facts?.code === "admin_locked" ? "adminLocked" : facts?.code === "expired" ? "expired" : "signedOut";
  if (status === 429) return waits ? "oftenWait" : "often";
  if (facts?.code === "full") return waits ? "fullWait" : "full";
  if (status === 503) return waits ? "busyWait" : "busy";
  return BY_STATUS[status] ?? (status >= 500 ? "broken" : "refused");
}

export function refusalOf(failure: unknown): Refused {
  const known: Failure = typeof failure === "object" && failure !== null ? (failure as Failure) : { message: String(failure) };
  const wait = known.retryAfterSeconds ?? null;
  const seconds = wait !== null && Number.isFinite(wait) && wait > 0 ? Math.ceil(wait) : null;
  return { reason: reasonOf(known, seconds !== null), seconds, said: (known.message ?? "").trim(), english: (known.facts?.english ?? "").trim(), hint: (known.facts?.hint ?? "").trim() };
}

/** Reasons for which the words of the server say more than ours. */
const SERVER_KNOWS = new Set<Reason>(["refused", "missing", "large", "broken"]);
const isChinese = (text: string) => /\p{Script=Han}/u.test(text);

export interface RefusalText {
  readonly title: string;
  /** What to do; the server's hint where it has one in this language. */
  readonly text: string;
  /** The server's own sentence where it is in another language than the page. */
  readonly foreign: string;
  readonly foreignLanguage: "zh" | "en";
}

/** Sentences for a refusal. The server speaks Chinese and hints in English: neither stands untranslated in place of ours. */
export function useRefusalText(): (failure: unknown) => RefusalText {
  const { t, i18n } = useTranslation("refusal");
  const english = i18n.language.startsWith("en");
  return useCallback(
    (failure: unknown): RefusalText => {
      const { reason, seconds, hint, ...server } = refusalOf(failure);
      const said = english && server.english !== "" ? server.english : server.said;
      const foreignLanguage = english ? ("zh" as const) : ("en" as const);
      const own = { foreignLanguage, title: t(reason, { seconds }), text: t(`${reason}_text`, { defaultValue: "" }) };
      if (!SERVER_KNOWS.has(reason)) return { ...own, foreign: "" };
      const readable = said !== "" && isChinese(said) !== english;
      if (readable) return { ...own, title: said, text: isChinese(hint) !== english ? hint : "", foreign: "" };
      return { ...own, text: hint !== "" && isChinese(hint) !== english ? hint : own.text, foreign: said };
    },
    [t, english],
  );
}
