/** Choices of the reader about the page itself; every tab follows. */

import { useCallback, useSyncExternalStore } from "react";

import { remembered } from "./storage";

const watchers = new Set<() => void>();
/** Something was kept or emptied by other means: read again. */
export const tellPreferences = () => {
  for (const watcher of [...watchers]) watcher();
};

window.addEventListener("storage", (event) => {
  if (event.key === null || event.key.startsWith("quantgpt.")) tellPreferences();
});

const watch = (watcher: () => void) => {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
};

/** A remembered text and a way to change it; null means the default. */
export function usePreference(key: string): readonly [string | null, (value: string | null) => void] {
  const value = useSyncExternalStore(watch, () => remembered.text(key));
  const set = useCallback(
    (next: string | null) => {
      remembered.setText(key, next);
      tellPreferences();
    },
    [key],
  );
  return [value, set] as const;
}
