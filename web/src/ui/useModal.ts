/** A modal on the browser's own element: opens and closes with `open`; a press that begins and ends on the backdrop closes it.
 * With `onLeave` leaving in passing (Escape, the backdrop) only asks. */

import { useEffect, useId, useRef, type MouseEvent, type PointerEvent, type SyntheticEvent } from "react";

export function useModal(open: boolean, onClose: () => void, onLeave?: () => void) {
  const ref = useRef<HTMLDialogElement>(null);
  const pressed = useRef(false);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return {
    ref,
    "data-modal": id,
    onClose,
    onCancel: (event: SyntheticEvent) => {
      if (!onLeave) return;
      event.preventDefault();
      onLeave();
    },
    // Selecting text may end outside; that is no wish to close.
    onPointerDown: (event: PointerEvent) => {
      pressed.current = event.target === ref.current;
    },
    onClick: (event: MouseEvent) => {
      if (pressed.current && event.target === ref.current) (onLeave ?? onClose)();
    },
  };
}
