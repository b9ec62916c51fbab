/** A drawer from the side of the window, from below on phones. On the browser's own element: focus stays inside, Escape closes, focus returns. */

import type { CSSProperties, ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Boundary } from "./Boundary";
import { IconButton } from "./controls";
import { CrossIcon } from "./icons";
import { InModal } from "./InModal";
import css from "./Sheet.module.css";
import { useModal } from "./useModal";

interface SheetProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Where it comes from on wide windows. */
  readonly side?: "left" | "right";
  /** Pixels on wide windows. */
  readonly width?: number;
  /** Beside the title: a stepper, a switch. */
  readonly head?: ReactNode;
  /** Stays below the scrolling part: actions. */
  readonly foot?: ReactNode;
  /** Without inner padding, for lists and tables that reach the edge. */
  readonly flush?: boolean;
}

export function Sheet({ title, open, onClose, children, side = "right", width = 420, head, foot, flush = false }: SheetProps) {
  const { t } = useTranslation("ui");
  const modal = useModal(open, onClose);
  return (
    <dialog {...modal} className={css["sheet"]} data-side={side} style={{ "--sheet-width": `${width}px` } as CSSProperties} aria-label={title}>
      {open ? (
        <InModal modal={modal["data-modal"]}>
          <div className={css["inner"]}>
            <header className={css["head"]}>
              <h2>{title}</h2>
              {head}
              <span className={css["space"]} />
              <IconButton label={t("close")} onClick={onClose}><CrossIcon /></IconButton>
            </header>
            <div className={flush ? css["flush"] : css["body"]} tabIndex={0} role="region" aria-label={title}>
              <Boundary>{children}</Boundary>
            </div>
            {foot ? <footer className={css["foot"]}>{foot}</footer> : null}
          </div>
        </InModal>
      ) : null}
    </dialog>
  );
}
