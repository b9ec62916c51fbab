/** How well a name fits what somebody is typing. */

const tidy = (text: string) => text.toLowerCase().normalize("NFKC");

/** Whether the letters come in this order, and how tightly: 1 for side by side, towards 0 the further they lie apart. */
function scattered(letters: string, text: string): number {
  let at = -1;
  let first = -1;
  for (const letter of letters) {
    at = text.indexOf(letter, at + 1);
    if (at < 0) return 0;
    if (first < 0) first = at;
  }
  return letters.length / (at - first + 1);
}

function one(part: string, text: string): number {
  const at = text.indexOf(part);
  if (at === 0) return part.length === text.length ? 1 : 0.9;
  if (at > 0) return /[\p{L}\p{N}]/u.test(text[at - 1] ?? "") && !/\p{Script=Han}/u.test(part) ? 0.6 : 0.86;
  if (part.length < 2 || /\p{Script=Han}/u.test(part)) return 0;
  const tightness = scattered(part, text);
  return tightness > 0.34 ? 0.4 * tightness : 0;
}

/** 0: does not fit; up to 1: is the same. Every word of the question has to fit the label or one of the other names. */
export function fit(question: string, label: string, words = ""): number {
  const parts = tidy(question).split(/\s+/).filter(Boolean);
  if (parts.length === 0) return 1;
  const [shown, hidden] = [tidy(label), tidy(words)];
  let worst = 1;
  for (const part of parts) {
    const found = Math.max(one(part, shown), ...hidden.split(/\s+/).filter(Boolean).map((word) => 0.9 * one(part, word)));
    if (found === 0) return 0;
    worst = Math.min(worst, found);
  }
  return worst;
}

/** Those that fit, the best first; equals keep their order. */
export function best<T extends { readonly label: string; readonly words?: string | undefined }>(question: string, items: readonly T[]): T[] {
  const graded = items.map((item) => ({ item, grade: fit(question, item.label, item.words) })).filter(({ grade }) => grade > 0);
  return graded.toSorted((a, b) => b.grade - a.grade).map(({ item }) => item);
}
