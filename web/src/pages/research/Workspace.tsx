/** The research page: the history of sessions, the conversation of one, and its lineage. */

import { useMediaQuery } from "@mantine/hooks";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useLineages } from "@/api/iterations";
import { useTask } from "@/api/queries";
import { useOtherTabs, useSessions } from "@/api/sessions";
import { isTerminal } from "@/api/types";
import { nodesOf, numbersOf, type TreeNode } from "@/features/lineage/tree";
import { fraction } from "@/features/runs/StagePanel";
import { SessionList } from "@/features/sessions/SessionList";
import { useHeading } from "@/lib/title";
import { Button, buttonClass } from "@/ui/controls";
import { BranchIcon, HistoryIcon } from "@/ui/icons";
import { Sheet } from "@/ui/Sheet";
import { ErrorNote } from "@/ui/states";

import { FirstRun } from "./FirstRun";
import { LineageSide } from "./LineageSide";
import { MapView } from "./MapView";
import { Thread } from "./Thread";
import { focusComposer, useConversation } from "./useConversation";
import { useWorkspaceKeys } from "./useWorkspaceKeys";
import css from "./Workspace.module.css";

/** What the address says: the run that is shown, or `<run>-<candidate>`, and whether the whole lineage is. */
interface Place {
  readonly run: string | null;
  readonly candidate: number | null;
  readonly map: boolean;
}

function usePlace() {
  const search = useSearch({ strict: false }) as Record<string, unknown>;
  const navigate = useNavigate();
  const named = typeof search["run"] === "string" ? search["run"] : null;
  const [run = null, index] = named?.split("-") ?? [];
  const place: Place = { run, candidate: index !== undefined && /^\d+$/.test(index) ? Number(index) : null, map: search["view"] === "lineage" };
  const go = (change: { run?: string | undefined; view?: string | undefined }) =>
    void navigate({ to: ".", search: ((old: Record<string, unknown>) => ({ ...old, ...change })) as never, replace: true, resetScroll: false });
  return { place, go };
}

export function Workspace({ session }: { session: string | null }) {
  const { t } = useTranslation("research");
  const navigate = useNavigate();
  const wide = useMediaQuery("(min-width: 1280px)", undefined, { getInitialValueInEffect: false }) ?? true;
  const wider = useMediaQuery("(min-width: 1360px)", undefined, { getInitialValueInEffect: false }) ?? true;
  const { place, go } = usePlace();
  const [drawer, setDrawer] = useState<"sessions" | "lineage" | null>(null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const talk = useConversation(session, () => go({ run: undefined, view: undefined }));
  useOtherTabs();

  const sessions = useSessions();
  const own = sessions.data?.find((one) => one.id === session);
  const listed = useMemo(() => talk.tasks.data?.tasks ?? [], [talk.tasks.data]);
  const latest = listed[listed.length - 1];
  const running = latest !== undefined && !isTerminal(latest.status) ? latest : null;
  const live = useTask(running?.task_id).data;
  // The list lags behind what the stream tells of the run under way.
  const tasks = useMemo(() => (live ? listed.map((task) => (task.task_id === live.task_id ? live : task)) : listed), [listed, live]);
  const numbers = useMemo(() => numbersOf(tasks, (talk.tasks.data?.total ?? tasks.length) - tasks.length), [tasks, talk.tasks.data]);
  const last = tasks[tasks.length - 1];
  const shownTask = tasks.find((task) => task.task_id === place.run) ?? last;
  const percent = last !== undefined && !isTerminal(last.status) ? (fraction(last) ?? 0) * 100 : null;
  useHeading({ title: session === null ? t("title") : (own?.name ?? t(own ? "unnamed" : "title")), percent });

  // One lineage for each line of descent with more than one run in it, and that of the run that is shown.
  const representatives = useMemo(() => {
    const sizes = new Map<string, { task: string; size: number }>();
    for (const task of tasks) {
      const key = task.lineage_id ?? task.task_id;
      sizes.set(key, { task: task.task_id, size: (sizes.get(key)?.size ?? 0) + 1 });
    }
    const shownLine = shownTask?.lineage_id ?? shownTask?.task_id;
    return [...sizes].filter(([key, { size }]) => size > 1 || key === shownLine).map(([, { task }]) => task);
  }, [tasks, shownTask]);
  const lineages = useLineages(representatives);
  const nodes = useMemo(() => nodesOf(tasks, lineages, numbers), [tasks, numbers, lineages]);
  const lineageOf = (task: string) => lineages.find((one) => one.nodes.some((node) => node.task_id === task));

  const shownCandidate = shownTask?.task_type === "iteration" && shownTask.task_id === place.run ? place.candidate : null;
  const shownNode = shownTask === undefined ? null : shownCandidate === null ? shownTask.task_id : `${shownTask.task_id}-${shownCandidate}`;
  const show = (node: TreeNode) => {
    setDrawer(null);
    go({ run: node.id, view: undefined });
    requestAnimationFrame(() => document.querySelector(`[data-run="${node.task}"]`)?.scrollIntoView({ block: "start", behavior: "smooth" }));
  };
  const open = (node: TreeNode) => void navigate({ to: "/runs/$id", params: { id: node.task }, search: (node.candidate === null ? {} : { candidate: node.candidate }) as never });
  const step = (by: number) => {
    const at = tasks.findIndex((task) => task.task_id === shownTask?.task_id);
    const next = tasks[at + by];
    if (next) show({ id: next.task_id, task: next.task_id, candidate: null } as TreeNode);
  };

  const rename = () => {
    if (!wide) setDrawer("sessions");
    setRenaming(session);
  };
  const toLineage = () => {
    if (wider) document.querySelector<HTMLElement>("[data-testid=lineage] [data-node]")?.focus();
    else setDrawer("lineage");
  };
  useWorkspaceKeys(session, shownTask, {
    toNew: () => void navigate({ to: "/" }).then(focusComposer),
    rename,
    step,
    toLineage,
    toggleMap: () => go({ view: place.map ? undefined : "lineage" }),
    iterate: (task) => talk.iterate(task, 5),
  });

  const list = (
    <SessionList
      open={session}
      renaming={renaming}
      onRenaming={setRenaming}
      onOpen={() => setDrawer(null)}
      onDeleted={(id) => {
        if (id === session) void navigate({ to: "/" });
      }}
      onBack={(id) => void navigate({ to: "/s/$session", params: { session: id } })}
    />
  );
  const withSide = session !== null && wider;
  const side = shownTask ? (
    <LineageSide titled={withSide} tasks={tasks} nodes={nodes} shownTask={shownTask} shownCandidate={shownCandidate} shownNode={shownNode} lineage={lineageOf(shownTask.task_id)} onShow={show} onOpen={open} onMap={() => (setDrawer(null), go({ view: "lineage" }))} />
  ) : null;
  // Only the server can say that there is none: both answers are there, newer than the page, and neither knows it.
  const [since] = useState(() => Date.now());
  const answered = sessions.error === null && talk.tasks.error === null && sessions.dataUpdatedAt > since && talk.tasks.dataUpdatedAt > since;
  const absent = session !== null && answered && own === undefined && tasks.length === 0 && !talk.tasks.isFetching && !sessions.isFetching;

  return (
    <div className={css["workspace"]} data-side={withSide ? "" : undefined} data-first={session === null ? "" : undefined}>
      {wide ? <aside className={css["left"]} aria-label={t("sessions")}>{list}</aside> : null}
      <div className={css["middle"]}>
        {wide && (withSide || session === null) ? null : (
          <div className={css["tools"]}>
            {wide ? null : <Button small look="ghost" onClick={() => setDrawer("sessions")} data-testid="open-sessions"><HistoryIcon /> {t("sessions")}</Button>}
            {session === null || withSide ? null : <Button small look="ghost" onClick={() => setDrawer("lineage")} data-testid="open-lineage"><BranchIcon /> {t("lineage")}</Button>}
          </div>
        )}
        {session === null ? (
          <FirstRun talk={talk} />
        ) : absent ? (
          <div className={css["absent"]}>
            <ErrorNote title={t("absentTitle")} actions={<Link to="/" className={buttonClass("default", true)}>{t("commandNew")}</Link>}>{t("absentText")}</ErrorNote>
          </div>
        ) : place.map ? (
          <MapView nodes={nodes} shown={shownNode} onShow={show} onOpen={open} onBack={() => go({ view: undefined })} />
        ) : (
          <Thread talk={talk} tasks={tasks} numbers={numbers} nodes={nodes} shownTask={place.run} shownCandidate={shownCandidate} lineageOf={lineageOf} />
        )}
      </div>
      {withSide ? <aside className={css["right"]} aria-label={t("lineage")}>{side}</aside> : null}
      {wide ? null : <Sheet title={t("sessions")} side="left" width={300} flush open={drawer === "sessions"} onClose={() => setDrawer(null)}>{list}</Sheet>}
      {withSide ? null : <Sheet title={t("lineage")} width={360} flush open={drawer === "lineage"} onClose={() => setDrawer(null)}>{side ?? <p className={css["empty"]}>{t("noLineage")}</p>}</Sheet>}
    </div>
  );
}
