/** What the command palette offers. A page declares its own with `commands.useEntries` while it is open. */

import type { ReactNode } from "react";

import { makeRegistry } from "./registry";

export interface Command {
  readonly id: string;
  readonly label: string;
  /** Heading it stands under. */
  readonly group: string;
  /** Other words by which it is found: the twin in the other language, a code. */
  readonly words?: string;
  readonly keys?: string;
  readonly icon?: ReactNode;
  readonly run: () => void;
}

export const commands = makeRegistry<Command>();
