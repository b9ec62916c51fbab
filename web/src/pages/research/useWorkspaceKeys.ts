/** Keys and commands of the research page. */

import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";

import type { Task } from "@/api/types";
import { commands, type Command } from "@/lib/commands";
import { compareSet } from "@/lib/compareSet";
import { shortcuts, type Shortcut } from "@/lib/keys";
import { toast } from "@/lib/toast";

import { focusComposer } from "./useConversation";

interface Actions {
  readonly toNew: () => void;
  readonly rename: () => void;
  /** To the run before or after the one that is shown. */
  readonly step: (by: number) => void;
  readonly toLineage: () => void;
  readonly toggleMap: () => void;
  readonly iterate: (task: string) => void;
}

export function useWorkspaceKeys(session: string | null, shown: Task | undefined, actions: Actions): void {
  const { t } = useTranslation(["research", "runs"]);
  // The lists keep their identity; what they do is always what the page can do now.
  const live = useRef(actions);
  useEffect(() => {
    live.current = actions;
  });
  const target = shown?.status === "completed" ? shown.task_id : null;
  const keys = useMemo((): readonly Shortcut[] => {
    const list: Shortcut[] = [
      { keys: "/", label: t("keyFocus"), run: focusComposer },
      { keys: "n", label: t("keyNew"), run: () => live.current.toNew() },
    ];
    if (session === null) return list;
    list.push(
      { keys: "F2", label: t("keyRename"), run: () => live.current.rename() },
      { keys: "[", label: t("keyPrevious"), run: () => live.current.step(-1) },
      { keys: "]", label: t("keyNext"), run: () => live.current.step(1) },
      { keys: "l", label: t("keyLineage"), run: () => live.current.toLineage() },
      { keys: "L", label: t("keyMap"), run: () => live.current.toggleMap() },
    );
    if (target === null) return list;
    const compare = () => {
      if (!compareSet.toggle(target)) toast("warning", t("runs:compareFull"));
    };
    return [...list, { keys: "i", label: t("keyIterate"), run: () => live.current.iterate(target) }, { keys: "x", label: t("keyCompare"), run: compare }];
  }, [t, session, target]);
  shortcuts.useEntries(keys);
  const offered = useMemo((): readonly Command[] => {
    const group = t("title");
    const begin: Command = { id: "new-session", label: t("commandNew"), group, keys: "n", run: () => live.current.toNew() };
    if (session === null) return [begin];
    return [
      begin,
      { id: "lineage-map", label: t("keyMap"), group, keys: "L", run: () => live.current.toggleMap() },
      { id: "rename-session", label: t("keyRename"), group, keys: "F2", run: () => live.current.rename() },
    ];
  }, [t, session]);
  commands.useEntries(offered);
}
