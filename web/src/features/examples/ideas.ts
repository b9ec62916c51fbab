/** The examples: for each sentence the expression that the offline engine writes, and one that is an expression already. */

import ideas from "./ideas.json";

export interface Example {
  readonly id: string;
  readonly expression: string;
  /** An expression without a sentence. */
  readonly bare: boolean;
}

export const EXAMPLES: readonly Example[] = ideas;
