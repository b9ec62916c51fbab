/** What the lines and fills of a figure stand for. */

import css from "./Card.module.css";
import type { LegendItem } from "./chart/picture";

export function Legend({ items }: { items: readonly LegendItem[] }) {
  return (
    <ul className={css["legend"]}>
      {items.map((item) => (
        <li key={item.label}>
          <i data-look={item.look ?? "solid"} style={{ ["--mark" as string]: item.color }} />
          {item.label}
        </li>
      ))}
    </ul>
  );
}
