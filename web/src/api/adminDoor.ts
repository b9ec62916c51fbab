/** The administration: a password of its own where a sign-in is required, nothing on this machine. */

import { useSyncExternalStore } from "react";

import { remembered } from "@/lib/storage";

import { refused, type Send } from "./access";

const KEY = "admin.token";
/** Whether the administration was refused without a password; known after the first request. */
let locked = false;
const watchers = new Set<() => void>();

const tell = () => {
  for (const watcher of [...watchers]) watcher();
};

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

function set(token: string | null, shut: boolean): void {
  locked = shut;
  remembered.setText(KEY, token);
  tell();
}

window.addEventListener("storage", (event) => {
  if (event.key !== `quantgpt.${KEY}`) return;
  if (event.newValue !== null) locked = false;
  tell();
});

export const adminSignedIn = (token: string) => set(token, false);
export const adminSignedOut = () => set(null, false);
/** The password of the administration was given on this browser and has not been refused since. */
export const useHoldsAdmin = () => useSyncExternalStore(watch, () => remembered.text(KEY) !== null);

/** Send something that only an administrator may: with the token of the password, or with none on this machine. */
export async function withAdmin(send: Send): Promise<Response> {
  if (locked) return refused("admin_locked");
  const token = remembered.text(KEY);
  const answer = await send(token === null ? null : `Bearer ${token}`);
  if (answer.status !== 401) return answer;
  if (token === null) {
    set(null, true);
    return refused("admin_locked");
  }
  // The password was changed or a day is over; or the server of this machine needs none any more.
  const second = await send(null);
  set(null, second.status === 401);
  return second.status === 401 ? refused("admin_locked") : second;
}
