/** A list and the chosen row beside it; where there is no room beside, the row comes in a sheet. `j` and `k` move through the list, `o` goes to the detail. */

import { useMediaQuery } from "@mantine/hooks";
import { useMemo, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { shortcuts, type Shortcut } from "@/lib/keys";
import { Sheet } from "@/ui/Sheet";

import css from "./Factors.module.css";
import type { View } from "./useView";

interface PairProps {
  readonly title: string;
  /** The detail of the chosen row; null when none is chosen. */
  readonly chosen: ReactNode;
  /** Said in place of a detail. */
  readonly hint: string;
  /** The rows in their order, for the keyboard. */
  readonly names: readonly string[];
  readonly view: View;
  readonly children: ReactNode;
}

/** Names of people's own may be far longer than a head has room for. */
const LONG = 60;

export function Pair({ title, chosen, hint, names, view, children }: PairProps) {
  const { t } = useTranslation("shelves");
  const wide = useMediaQuery("(min-width: 1180px)", undefined, { getInitialValueInEffect: false }) ?? true;
  const list = useRef<HTMLDivElement>(null);
  const detail = useRef<HTMLElement>(null);
  const step = (by: number) => {
    const at = names.indexOf(view.item ?? "");
    const next = names[at < 0 ? 0 : Math.max(0, Math.min(names.length - 1, at + by))];
    if (next === undefined) return;
    view.set({ item: next });
    list.current?.querySelector(`[data-factor="${CSS.escape(next)}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const live = useRef(step);
  live.current = step;
  shortcuts.useEntries(
    useMemo<Shortcut[]>(
      () => [
        { keys: "j", label: t("nextRow"), run: () => live.current(1) },
        { keys: "k", label: t("previousRow"), run: () => live.current(-1) },
        { keys: "o", label: t("toDetail"), run: () => detail.current?.focus() },
      ],
      [t],
    ),
  );
  return (
    <div className={css["pair"]}>
      <div ref={list} className={css["list"]}>{children}</div>
      {wide ? (
        <aside ref={detail} tabIndex={-1} className={css["detail"]} aria-label={title || t("detail")} aria-live="polite">
          {chosen ?? <p className="muted">{hint}</p>}
        </aside>
      ) : (
        <Sheet title={title.length > LONG ? `${title.slice(0, LONG)}…` : title} open={chosen !== null} onClose={() => view.set({ item: undefined })}>{chosen}</Sheet>
      )}
    </div>
  );
}
