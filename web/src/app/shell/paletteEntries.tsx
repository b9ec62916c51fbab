/** Everything the palette can find beside what components declare: an expression that was typed, recent runs, sessions, operators and fields. */

import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useOperators } from "@/api/operators";
import { useTasks, useValidation } from "@/api/queries";
import { useSessions } from "@/api/sessions";
import { askOf, isIteration, placeOf } from "@/features/jobs/job";
import type { Command } from "@/lib/commands";
import { score } from "@/lib/format";
import { handover } from "@/lib/handover";
import { pick } from "@/lib/i18n";
import { DatabaseIcon, EditorIcon, FunctionIcon, HistoryIcon, MessageIcon, PlayIcon, ReportIcon } from "@/ui/icons";

export interface Entry extends Command {
  /** Small print at the right. */
  readonly note?: string;
  /** The label is code. */
  readonly code?: boolean;
  /** The label was written by the reader or another person. */
  readonly own?: boolean;
}

const RECENT_RUNS = 30;
/** Something with a call, an operator sign or brackets in it. */
const LIKE_CODE = /\w\s*\(|[-+*/<>=]|^\s*[a-z_]{3,}\d*\s*$/;

/** What can be done with the text itself. */
export function useTypedEntries(text: string): readonly Entry[] {
  const { t } = useTranslation("shell");
  const navigate = useNavigate();
  const typed = text.trim();
  const code = LIKE_CODE.test(typed);
  const { now } = useValidation(code ? typed : "");
  return useMemo(() => {
    if (typed.length < 2) return [];
    const group = t("commands_typed");
    const give = (run: boolean) => {
      handover.give(typed, run);
      void navigate({ to: "/" });
    };
    const edit: Entry = { id: "typed-edit", label: t("editThis"), group, icon: <EditorIcon />, run: () => void navigate({ to: "/editor", search: { expr: typed } } as never) };
    if (now?.valid) return [{ id: "typed-run", label: t("runThis"), group, icon: <PlayIcon />, run: () => give(true) }, edit];
    const ask: Entry = { id: "typed-ask", label: t("askThis"), group, icon: <MessageIcon />, run: () => give(false) };
    if (code && typed.includes("(") && now && !now.words) return [{ ...edit, ...(now.error ? { note: t("hasFault") } : {}) }, ask];
    return [ask];
  }, [typed, code, now, t, navigate]);
}

export function useFoundEntries(): readonly Entry[] {
  const { t, i18n } = useTranslation("shell");
  const navigate = useNavigate();
  const tasks = useTasks(RECENT_RUNS);
  const sessions = useSessions();
  const operators = useOperators();
  return useMemo(() => {
    const runs = (tasks.data?.tasks ?? []).map<Entry>((task) => ({
      id: `run-${task.task_id}`,
      label: askOf(task) || task.task_id,
      own: true,
      group: t("commands_runs"),
      words: `${task.expression ?? ""} ${task.task_id}`,
      note: isIteration(task) ? t("iterationNote") : task.result ? `${score(task.result.score)} ${task.result.grade ?? ""}` : "",
      icon: <ReportIcon />,
      run: () => void navigate(placeOf(task) as never),
    }));
    const conversations = (sessions.data ?? []).map<Entry>((one) => ({
      id: `session-${one.id}`,
      label: one.name ?? t("unnamed"),
      own: true,
      group: t("commands_sessions"),
      icon: <HistoryIcon />,
      run: () => void navigate({ to: "/s/$session", params: { session: one.id } } as never),
    }));
    const look = (from: "operators" | "fields", item: string) => () => void navigate({ to: "/factors", search: { from, item } } as never);
    const vocabulary = [
      ...(operators.data?.operators ?? []).map<Entry>((one) => ({ id: `operator-${one.name}`, label: one.signature, code: true, group: t("commands_operators"), words: `${one.name} ${one.aliases.join(" ")} ${one.zh} ${one.en}`, note: pick(one, i18n.language), icon: <FunctionIcon />, run: look("operators", one.name) })),
      ...(operators.data?.fields ?? []).map<Entry>((one) => ({ id: `field-${one.name}`, label: one.name, code: true, group: t("commands_operators"), words: `${one.zh} ${one.en}`, note: pick(one, i18n.language), icon: <DatabaseIcon />, run: look("fields", one.name) })),
    ];
    return [...runs, ...conversations, ...vocabulary];
  }, [tasks.data, sessions.data, operators.data, t, i18n.language, navigate]);
}
