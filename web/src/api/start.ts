/** A run that may begin a session. */

import { useMutation, useQueryClient } from "@tanstack/react-query";

import { remembered } from "@/lib/storage";

import { answered, ApiError, http } from "./client";
import { post } from "./queries";
import { announceChange, openSession, type Session } from "./sessions";
import type { Submission } from "./types";

const SESSION_NAME_LENGTH = 30;
const BEGUN = "draft-sessions";
const MOST_BEGUN = 20;

/** The first words of what was asked, as the name of a session; null when nothing printable is left. */
export function nameFrom(prompt: string): string | null {
  const words = prompt.replaceAll(/[\p{C}\s]+/gu, " ").trim();
  return words === "" ? null : [...words].slice(0, SESSION_NAME_LENGTH).join("");
}

type Begun = readonly (readonly [key: string, session: string])[];

const begun = (): Begun => {
  const kept = remembered.json<unknown>(BEGUN);
  return Array.isArray(kept) ? (kept as Begun).filter((pair) => Array.isArray(pair) && pair.length === 2) : [];
};

/** Which session a submission without one has opened, so that the same press again, in any tab, opens no second one. */
const begunWith = (key: string) => begun().find(([known]) => known === key)?.[1] ?? null;

function remember(key: string, session: string | null): void {
  const others = begun().filter(([known]) => known !== key);
  remembered.setJson(BEGUN, (session === null ? others : [...others, [key, session]]).slice(-MOST_BEGUN));
}

/** One tab at a time, where the browser can say so. */
const alone = async (work: () => Promise<Started>): Promise<Started> => ("locks" in navigator ? await navigator.locks.request("quantgpt.submit", work) : work());

/** Whether the server has certainly not taken it. */
const refused = (reason: unknown) => reason instanceof ApiError && reason.status >= 400 && reason.status < 500;

export interface Started {
  readonly task_id: string;
  readonly session_id: string;
  /** The session that was opened for it. */
  readonly session?: Session;
}

async function start(ask: Submission, key: string): Promise<Started> {
  if (ask.session_id) return { ...(await post(ask, key)), session_id: ask.session_id };
  const known = begunWith(key);
  const opened = known === null ? await openSession(nameFrom(ask.prompt)) : null;
  const session = known ?? opened?.id ?? "";
  remember(key, session);
  try {
    return { ...(await post({ ...ask, session_id: session }, key)), session_id: session, ...(opened ? { session: opened } : {}) };
  } catch (reason) {
    if (refused(reason)) {
      remember(key, null);
      // Nobody is to find an empty session in place of what was refused.
      if (known === null) await answered(http.DELETE("/api/v1/sessions/{session_id}", { params: { path: { session_id: session } } })).catch(() => undefined);
    }
    throw reason;
  }
}

/** Run something; without a session it opens one that is named by the first words. */
export const useStart = () => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ ask, key }: { ask: Submission; key: string }) => alone(() => start(ask, key)),
    onSuccess: ({ session }) => {
      if (session) client.setQueryData<readonly Session[]>(["sessions"], (old) => (old && !old.some((one) => one.id === session.id) ? [session, ...old] : old));
      announceChange(client);
    },
  });
};
