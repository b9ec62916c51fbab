/** A modal dialog on the browser's own element: focus stays inside, Escape closes. */

import type { CSSProperties, ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "./controls";
import css from "./Dialog.module.css";
import { CrossIcon } from "./icons";
import { InModal } from "./InModal";
import { useModal } from "./useModal";

interface DialogProps {
  readonly title: string;
  readonly open: boolean;
  readonly onClose: () => void;
  /** In its place for Escape, the cross and a press beside it: for what must not be lost in passing. */
  readonly onLeave?: () => void;
  readonly children: ReactNode;
  /** Pixels on windows that are wide enough. */
  readonly width?: number;
}

export function Dialog({ title, open, onClose, onLeave, children, width = 480 }: DialogProps) {
  const { t } = useTranslation("ui");
  const modal = useModal(open, onClose, onLeave);
  return (
    <dialog {...modal} className={css["dialog"]} style={{ "--dialog-width": `${width}px` } as CSSProperties} aria-label={title}>
      <InModal modal={modal["data-modal"]}>
        <div className={css["inner"]}>
          <header className={css["head"]}>
            <h2>{title}</h2>
            <IconButton label={t("close")} onClick={onLeave ?? onClose}><CrossIcon /></IconButton>
          </header>
          {open ? children : null}
        </div>
      </InModal>
    </dialog>
  );
}
