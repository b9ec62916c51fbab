/** What the language and the editor take in at most; the server checks the first three again. */

export const MOST_NODES = 400;
export const MOST_DEPTH = 40;
export const MOST_SESSIONS = 1000;
/** Characters that the editor takes in. */
export const MOST_CHARACTERS = 20_000;
