/** A refusal of the server where it happened: what, what to do, and the server's own sentence if it is in another language. */

import type { ReactNode } from "react";

import { useRefusalText } from "@/lib/refusal";

import { ErrorNote } from "./states";

interface RefusalProps {
  readonly of: unknown;
  readonly actions?: ReactNode;
  /** Words of the place in front of ours: what was not done. */
  readonly title?: string | undefined;
  readonly children?: ReactNode;
}

export function Refusal({ of, actions, title, children }: RefusalProps) {
  const said = useRefusalText()(of);
  return (
    <ErrorNote title={title ?? said.title} actions={actions} small={said.foreign ? <span lang={said.foreignLanguage} data-user-text="">{said.foreign}</span> : undefined}>
      {children ?? (title ? [said.title, said.text].filter(Boolean).join(" ") : said.text)}
    </ErrorNote>
  );
}
