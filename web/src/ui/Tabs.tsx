/** A row of tabs: arrows move, the number beside a name is a count. */

import { useRef, type KeyboardEvent } from "react";

import css from "./Tabs.module.css";

export interface TabItem {
  readonly id: string;
  readonly label: string;
  readonly count?: string | undefined;
}

interface TabsProps {
  readonly label: string;
  readonly items: readonly TabItem[];
  readonly value: string;
  readonly onChange: (id: string) => void;
}

export function Tabs({ label, items, value, onChange }: TabsProps) {
  const row = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const at = items.findIndex((item) => item.id === value);
    const next = items[(at + step + items.length) % items.length];
    if (!next) return;
    onChange(next.id);
    row.current?.querySelector<HTMLButtonElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  return (
    <div ref={row} role="tablist" aria-label={label} className={css["tabs"]} onKeyDown={move}>
      {items.map((item) => (
        <button
          key={item.id}
          type="button"
          role="tab"
          id={`tab-${item.id}`}
          data-tab={item.id}
          aria-selected={item.id === value}
          aria-controls="tab-panel"
          tabIndex={item.id === value ? 0 : -1}
          className={css["tab"]}
          onClick={() => onChange(item.id)}
        >
          {item.label}
          {item.count ? <span className={css["count"]}>{item.count}</span> : null}
        </button>
      ))}
    </div>
  );
}
