/** A number that does not exist: a dash with the reason behind it, on hover, focus and for those who listen. */

import { Tooltip } from "@mantine/core";

import { MISSING } from "@/lib/format";

import css from "./controls.module.css";

export function Absent({ why }: { why: string }) {
  return (
    <Tooltip label={why} multiline events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={css["term"]} data-absent="">
        <span aria-hidden="true">{MISSING}</span>
        <span className="sr">{why}</span>
      </button>
    </Tooltip>
  );
}
