/** The history: every session by age, a new one on top. */

import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import { announceChange, deleteSession, useRenameSession, useSessions, type Session } from "@/api/sessions";
import { toast } from "@/lib/toast";
import { buttonClass } from "@/ui/controls";
import { PlusIcon } from "@/ui/icons";
import { DataView } from "@/ui/states";

import { deletions, UNDO_MS } from "./deletions";
import { byAge } from "./history";
import { SessionItem, useSessionName } from "./SessionItem";
import css from "./Sessions.module.css";

interface SessionListProps {
  /** The session that is open, if any. */
  readonly open: string | null;
  readonly renaming: string | null;
  readonly onRenaming: (session: string | null) => void;
  /** A link was followed: a drawer may close. */
  readonly onOpen?: () => void;
  readonly onDeleted: (session: string) => void;
  readonly onBack: (session: string) => void;
}

export function SessionList({ open, renaming, onRenaming, onOpen, onDeleted, onBack }: SessionListProps) {
  const { t } = useTranslation("sessions");
  const client = useQueryClient();
  const sessions = useSessions();
  const leaving = deletions.useAll();
  const rename = useRenameSession();
  const nameOf = useSessionName();

  const reasonOf = (reason: unknown) => (reason instanceof ApiError && !reason.offline ? reason.message : t("offline"));
  const remove = (session: Session) => {
    const name = [...nameOf(session)].slice(0, 40).join("");
    const close = toast("warning", t(session.running ? "deletedRunning" : "deleted", { name }), {
      stays: UNDO_MS,
      action: {
        label: t("undo"),
        run: () => {
          deletions.undo(session.id);
          onBack(session.id);
        },
      },
    });
    deletions.begin(session.id, () =>
      deleteSession(session.id)
        .catch((reason: unknown) => {
          if (!(reason instanceof ApiError && reason.status === 404)) toast("error", t("deleteFailed", { name, reason: reasonOf(reason) }));
        })
        .then(() => {
          close();
          client.setQueryData<readonly Session[]>(["sessions"], (old) => old?.filter((one) => one.id !== session.id));
          announceChange(client);
        }),
    );
    onDeleted(session.id);
  };

  return (
    <nav className={css["list"]} aria-label={t("title")}>
      <Link to="/" className={`${buttonClass("default", false)} ${css["new"]}`} data-testid="new-session" onClick={onOpen}>
        <PlusIcon /> {t("new")}
      </Link>
      <DataView of={sessions} height={160}>
        {(all) => {
          const groups = byAge(all.filter((one) => !leaving.includes(one.id)), new Date());
          if (groups.length === 0) return <p className={css["none"]}>{t("none")}<br />{t("noneHow")}</p>;
          return groups.map(({ age, sessions: members }) => (
            <section key={age} aria-label={t(age)}>
              <h2 className={css["age"]}>{t(age)}</h2>
              <ul>
                {members.map((session) => (
                  <SessionItem
                    key={session.id}
                    session={session}
                    here={session.id === open}
                    renaming={session.id === renaming}
                    onRenaming={(on) => onRenaming(on ? session.id : null)}
                    onRename={(name) => rename.mutate({ id: session.id, name }, { onError: (reason) => toast("error", t("renameFailed", { reason: reasonOf(reason) })) })}
                    onDelete={() => remove(session)}
                    onOpen={() => onOpen?.()}
                  />
                ))}
              </ul>
            </section>
          ));
        }}
      </DataView>
    </nav>
  );
}
