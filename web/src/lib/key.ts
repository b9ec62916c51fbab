/** Keys of submissions: the same key twice is one submission. */

export const newKey = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;

const open = new Map<string, string>();

/**
 * One key for each thing that can be pressed, wherever in the tab it is pressed, until the server has taken it: a double press,
 * or a press again after a failure, is the same request; the next wanted one is another.
 */
export const pressKeys = {
  keyFor: (what: string): string => {
    const key = open.get(what) ?? newKey();
    open.set(what, key);
    return key;
  },
  spent: (what: string): void => void open.delete(what),
};
