/** Whether the server lets us in: tokens in local storage, one refresh for all requests and tabs, and the state that the pages watch. */

import i18next from "i18next";
import { useSyncExternalStore } from "react";

import { remembered } from "@/lib/storage";

export const BASE = "/api/v1";

/** `open`: nothing was asked of us (this machine's own user); `out`: a sign-in is needed; `expired`: there was one, and it has ended. */
export type Access = "open" | "in" | "out" | "expired";

export interface Person {
  readonly id: string;
  readonly email: string;
}

export interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

interface Account {
  /** Whoever signed in last on this browser. */
  readonly person: Person | null;
  readonly tokens: Tokens | null;
  /** Milliseconds of this computer's clock from which the access token is exchanged before it is refused. */
  readonly due: number | null;
  readonly access: Access;
}

const KEY = "account";
const NOBODY: Account = { person: null, tokens: null, due: null, access: "open" };
/** What one person leaves on this browser and the next must not see. */
const PERSONAL = /^quantgpt\.(draft|runs|compare|session|recent|editor|feedback|handover|admin)/;

const isTokens = (value: unknown): value is Tokens => {
  const { access, refresh } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  return typeof access === "string" && typeof refresh === "string";
};

function kept(): Account {
  const found = remembered.json<Partial<Account>>(KEY);
  if (typeof found !== "object" || found === null) return NOBODY;
  const person = typeof found.person?.id === "string" && typeof found.person.email === "string" ? found.person : null;
  if (isTokens(found.tokens)) return { person, tokens: found.tokens, due: typeof found.due === "number" ? found.due : null, access: "in" };
  return { person, tokens: null, due: null, access: found.access === "open" ? "open" : "out" };
}

let account: Account = kept();
/** On a first visit one question is asked before all others, so that they are not all refused. */
let unknown = remembered.text(KEY) === null;
const watchers = new Set<() => void>();

function set(next: Account, write = true): void {
  account = next;
  unknown = false;
  if (write) remembered.setJson(KEY, next);
  for (const watcher of [...watchers]) watcher();
}

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

/** Another person must not find this one's half-written things, nor the page that still holds them in memory. */
function changeOfPerson(before: Person | null, after: Person | null): boolean {
  return before !== null && after !== null && before.id !== after.id;
}

/** What was being written: put aside for its writer, out of the sight of others. */
const WRITTEN = /^quantgpt\.(draft|editor)/;
const asideOf = (person: Person) => `quantgpt.of.${person.id}.`;

function putAside(writer: Person): void {
  const store = window.localStorage;
  for (const key of Object.keys(store).filter((name) => WRITTEN.test(name))) store.setItem(asideOf(writer) + key.slice("quantgpt.".length), store.getItem(key) ?? "");
}

function bringBack(writer: Person): void {
  const store = window.localStorage;
  const aside = asideOf(writer);
  for (const key of Object.keys(store).filter((name) => name.startsWith(aside))) {
    store.setItem(`quantgpt.${key.slice(aside.length)}`, store.getItem(key) ?? "");
    store.removeItem(key);
  }
}

function quietly(work: () => void): void {
  try {
    work();
  } catch {
    // A browser without storage has kept nothing; a full one keeps no more.
  }
}

function forgetPersonal(before: Person | null, after: Person): void {
  if (before) quietly(() => putAside(before));
  for (const store of [() => window.localStorage, () => window.sessionStorage]) {
    quietly(() => {
      for (const key of Object.keys(store()).filter((name) => PERSONAL.test(name))) store().removeItem(key);
    });
  }
  quietly(() => bringBack(after));
}

window.addEventListener("storage", (event) => {
  if (event.key !== `quantgpt.${KEY}`) return;
  const before = account;
  const found = remembered.json<Partial<Account>>(KEY);
  set({ ...kept(), ...(found?.access === "expired" ? { access: "expired" as const } : {}) }, false);
  if (account.tokens && changeOfPerson(before.person, account.person)) window.location.reload();
});

export const accessNow = (): Access => account.access;
export const personNow = (): Person | null => account.person;
export const useAccess = () => useSyncExternalStore(watch, accessNow);
/** Whoever is signed in, or was last. */
export const usePerson = () => useSyncExternalStore(watch, personNow);

/** When the middle of a token's life is long past, by this computer's own clock alone. */
function dueOf(token: string): number | null {
  try {
    const body = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const { iat, exp } = JSON.parse(atob(body)) as { iat?: unknown; exp?: unknown };
    return typeof iat === "number" && typeof exp === "number" && exp > iat ? Date.now() + (exp - iat) * 900 : null;
  } catch {
    return null;
  }
}

/** Somebody has signed in. Another person than last time starts with a clean page. */
export function signedIn(tokens: Tokens, person: Person): void {
  const other = changeOfPerson(account.person, person);
  if (other) forgetPersonal(account.person, person);
  set({ tokens, person, due: dueOf(tokens.access), access: "in" });
  if (other) window.location.reload();
}

/** The person has signed out on purpose: only who it was is remembered, so that another one starts with a clean page. */
export const signedOut = () => set({ person: account.person && { id: account.person.id, email: "" }, tokens: null, due: null, access: "out" });

const lapsed = () => set({ ...account, tokens: null, due: null, access: account.tokens || account.access === "expired" ? "expired" : "out" });

/** Resolves when requests may pass again, or the reader went away. */
export function letIn(signal: AbortSignal): Promise<void> {
  const may = () => account.access === "in" || account.access === "open";
  if (may() || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = watch(() => {
      if (may()) finish();
    });
    const finish = () => {
      stop();
      resolve();
    };
    signal.addEventListener("abort", finish, { once: true });
  });
}

type Renewal = "renewed" | "refused" | "unreachable";

/** One at a time over all tabs, where the browser can say so; two refreshes at once do no harm. */
const alone = <T>(work: () => Promise<T>): Promise<T> => {
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks ? (locks.request("quantgpt.refresh", work) as Promise<T>) : work();
};

async function exchange(spent: string): Promise<Renewal> {
  const mine = kept().tokens ?? account.tokens;
  if (!mine) return "refused";
  if (mine.access !== spent) {
    // Another tab was faster.
    set({ ...account, ...kept() }, false);
    return "renewed";
  }
  let answer: Response;
  try {
    answer = await globalThis.fetch(`${BASE}/auth/refresh`, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" }, body: JSON.stringify({ refresh_token: mine.refresh }) });
  } catch {
    return "unreachable";
  }
  if (answer.status === 400 || answer.status === 401 || answer.status === 403) return "refused";
  const body = answer.ok ? ((await answer.json().catch(() => null)) as { access_token?: unknown } | null) : null;
  if (typeof body?.access_token !== "string") return "unreachable";
  const after = kept().tokens ?? account.tokens;
  // Whoever signed out or in meanwhile has the last word.
  if (after?.refresh !== mine.refresh) return after ? "renewed" : "refused";
  set({ ...account, tokens: { ...mine, access: body.access_token }, due: dueOf(body.access_token), access: "in" });
  return "renewed";
}

let running: Promise<Renewal> | null = null;

function renew(spent: string): Promise<Renewal> {
  running ??= alone(() => exchange(spent)).finally(() => {
    running = null;
  });
  return running;
}

/** What the server says to somebody without a name: the status of its answer. */
const withoutName = async () => {
  const answer = await globalThis.fetch(`${BASE}/auth/me`, { headers: { Accept: "application/json" } });
  // An answer that nobody reads keeps its connection.
  await answer.text();
  return answer.status;
};

let looked: Promise<void> | null = null;

/** A browser that does not know, or remembers that a sign-in was needed, asks once. */
function lookOnce(): Promise<void> {
  looked ??= withoutName().then(
    (status) => {
      if (account.access !== "out" && account.access !== "open") return;
      if (status === 200) set({ ...account, access: "open" });
      else if (status === 401) set({ ...account, access: "out" });
    },
    () => {
      looked = null;
    },
  );
  return looked;
}

if ((account.access === "out" || unknown) && import.meta.env.MODE !== "test") void lookOnce();

/** An answer in the server's shape to a request that was not sent. */
export const refused = (code: "expired" | "signed_out" | "admin_locked", words: string = code) =>
  new Response(JSON.stringify({ detail: i18next.t(`access:${words}`), code }), { status: 401, headers: { "Content-Type": "application/json" } });

/** Only of something that would have changed anything is it worth saying that it was not sent. */
const refusal = (reads: boolean) => (account.access === "expired" ? refused("expired", reads ? "expired_read" : "expired") : refused("signed_out"));

export type Send = (authorization: string | null) => Promise<Response>;

/** No token helps any more: on, without one, where the server asks nobody; otherwise the sign-in has ended. */
async function ended(tokens: Tokens, send: Send, reads: boolean): Promise<Response> {
  if ((await withoutName()) === 200) {
    set({ ...account, tokens: null, due: null, access: "open" });
    return send(null);
  }
  if (account.tokens?.refresh === tokens.refresh || account.access !== "in") lapsed();
  return refusal(reads);
}

async function withTokens(tokens: Tokens, send: Send, reads: boolean): Promise<Response> {
  const answer = await send(`Bearer ${tokens.access}`);
  if (answer.status !== 401) return answer;
  const renewal = await renew(tokens.access);
  if (renewal === "unreachable") throw new TypeError("offline");
  if (renewal === "renewed" && account.tokens) {
    const second = await send(`Bearer ${account.tokens.access}`);
    if (second.status !== 401) return second;
  }
  return ended(tokens, send, reads);
}

/** Send something that needs to be let in, and only `reads` or not. Nothing leaves this page while it is known that it would be refused. */
export async function withAccess(send: Send, reads = true): Promise<Response> {
  if (account.access === "out" || unknown) await lookOnce();
  if (account.access === "out" || account.access === "expired") return refusal(reads);
  const { tokens, due } = account;
  if (tokens && due !== null && Date.now() > due && (await renew(tokens.access)) === "refused") return ended(tokens, send, reads);
  const current = account.tokens;
  if (current) return withTokens(current, send, reads);
  const answer = await send(null);
  if (answer.status !== 401) return answer;
  if (accessNow() === "open") lapsed();
  return refusal(reads);
}
