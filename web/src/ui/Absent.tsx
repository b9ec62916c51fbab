/** A number that does not exist: a dash with the reason behind it, on hover, focus and for those who listen. `many`: one of the cells of a
 * long list, where a stop of the tab key at each would be in the way. */

import { Tooltip } from "@mantine/core";

import { MISSING } from "@/lib/format";

import css from "./controls.module.css";

export function Absent({ why, many = false }: { why: string; many?: boolean }) {
  if (many) {
    return (
      <span className="muted" title={why} data-absent="">
        <span aria-hidden="true">{MISSING}</span>
        <span className="sr">{why}</span>
      </span>
    );
  }
  return (
    <Tooltip label={why} multiline events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={css["term"]} data-absent="">
        <span aria-hidden="true">{MISSING}</span>
        <span className="sr">{why}</span>
      </button>
    </Tooltip>
  );
}
