/** The badge of a compared run: its letter on its colour. */

import css from "./Compare.module.css";
import { letterOf } from "./ids";

export function Letter({ place }: { place: number }) {
  return (
    <span className={css["letter"]} data-series={place + 1}>
      {letterOf(place)}
    </span>
  );
}
