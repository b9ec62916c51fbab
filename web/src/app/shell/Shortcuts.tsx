/** The keys of the open page, under "?". */

import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { ShortcutList } from "@/features/help/ShortcutList";
import { shortcuts, type Shortcut } from "@/lib/keys";
import { Dialog } from "@/ui/Dialog";

export function Shortcuts() {
  const { t } = useTranslation("shell");
  const [open, setOpen] = useState(false);
  const own = useMemo<readonly Shortcut[]>(() => [{ keys: "?", label: t("shortcutsOpen"), run: () => setOpen(true) }], [t]);
  shortcuts.useEntries(own);
  return (
    <Dialog title={t("shortcuts")} open={open} onClose={() => setOpen(false)} width={720}>
      <ShortcutList />
    </Dialog>
  );
}
