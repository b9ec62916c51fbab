/** What the app keeps in this browser, by kind. The sign-in is not among it: signing out is its own act. */

import { compareSet } from "./compareSet";
import { tellPreferences } from "./preference";

const KINDS = {
  drafts: /^(draft|editor|feedback|handover|recent)/,
  compare: /^compare/,
  defaults: /^defaults$/,
} as const;

export type Kept = keyof typeof KINDS;

/** Choices of display stay. */
const DISPLAY = /^(theme|language|convention|statusBar|navigation)/;
const PREFIX = "quantgpt.";
const SIGN_IN = /^(account|admin)/;

function names(): string[] {
  try {
    return [localStorage, sessionStorage].flatMap((store) => Object.keys(store)).filter((key) => key.startsWith(PREFIX)).map((key) => key.slice(PREFIX.length));
  } catch {
    return [];
  }
}

/** Kinds of which something is kept now. */
export const keptGroups = (): Kept[] => (Object.keys(KINDS) as Kept[]).filter((kind) => names().some((name) => KINDS[kind].test(name)));

/** Empty all of it but the sign-in and the choices of display. */
export function forgetKept(): void {
  compareSet.clear();
  for (const store of [localStorage, sessionStorage]) {
    try {
      for (const name of names()) if (!SIGN_IN.test(name) && !DISPLAY.test(name)) store.removeItem(PREFIX + name);
    } catch {
      // A browser without storage has kept nothing.
    }
  }
  tellPreferences();
}
