import { useId, type ReactNode } from "react";

import css from "./Settings.module.css";

/** One group of settings with its heading and, where it needs one, a line that says what it does. */
export function Panel({ title, lead, action, children }: { title: string; lead?: string; action?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className={css["panel"]} aria-labelledby={id}>
      <header className={css["head"]}>
        <h2 id={id}>{title}</h2>
        {action}
      </header>
      {lead ? <p className={css["lead"]}>{lead}</p> : null}
      {children}
    </section>
  );
}
