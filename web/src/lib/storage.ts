/** Small values that survive a reload. A browser that refuses storage costs the memory, never the page. */

function read(store: () => Storage, key: string): string | null {
  try {
    return store().getItem(`quantgpt.${key}`);
  } catch {
    return null;
  }
}

function write(store: () => Storage, key: string, value: string | null): void {
  try {
    if (value === null) store().removeItem(`quantgpt.${key}`);
    else store().setItem(`quantgpt.${key}`, value);
  } catch {
    // Full or forbidden: the value lives as long as the page.
  }
}

function parse<T>(text: string | null): T | null {
  try {
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

const local = () => window.localStorage;
const session = () => window.sessionStorage;

export const remembered = {
  text: (key: string) => read(local, key),
  setText: (key: string, value: string | null) => write(local, key, value),
  json: <T>(key: string) => parse<T>(read(local, key)),
  setJson: (key: string, value: unknown) => write(local, key, JSON.stringify(value)),
};

/** The same for one tab of the browser. */
export const tabMemory = {
  json: <T>(key: string) => parse<T>(read(session, key)),
  setJson: (key: string, value: unknown) => write(session, key, JSON.stringify(value)),
};
