/** What Enter in the search of a name chooses: never a line of a list that answers an older text. */

export interface Entered {
  readonly text: string;
  /** Codes of the list that is known, with the text it answers. */
  readonly answered: { readonly query: string; readonly codes: readonly string[] } | null;
  readonly marked: number;
  readonly open: boolean;
}

/** The code to show; "wait" while the answer to this text is on its way; null where there is nothing to choose. */
export function enteredCode({ text, answered, marked, open }: Entered): { readonly code: string } | "wait" | null {
  const typed = text.trim();
  if (!open) return typed ? { code: typed } : null;
  if (answered?.query !== typed) return typed ? "wait" : null;
  const code = answered.codes[marked];
  // What the list does not know is asked for all the same: the server answers with the nearest name.
  return code !== undefined ? { code } : typed ? { code: typed } : null;
}
