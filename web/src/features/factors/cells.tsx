/** Small cells of the lists. */

import type { ReactNode } from "react";

import css from "./Factors.module.css";

/** The name of a row; pressing it shows the row in detail. */
export function ItemButton({ id, on, title, onPick, children }: { id: string; on: boolean; title?: string | undefined; onPick: (id: string) => void; children: ReactNode }) {
  return (
    <button type="button" className={css["item"]} data-factor={id} aria-pressed={on} title={title} onClick={() => onPick(id)}>
      {children}
    </button>
  );
}

export function Muted({ children }: { children: ReactNode }) {
  return <span className="muted">{children}</span>;
}
