/** One session of the history: its name, its rounds, rename in place, delete. */

import { Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import type { Session } from "@/api/sessions";
import { IconButton } from "@/ui/controls";
import { EditIcon, MoreIcon, TrashIcon } from "@/ui/icons";

import css from "./Sessions.module.css";

const LONGEST_NAME = 200;

export function useSessionName() {
  const { t } = useTranslation("sessions");
  return (session: Pick<Session, "name"> | undefined) => session?.name ?? t("unnamed");
}

function useWork() {
  const { t } = useTranslation("sessions");
  return ({ rounds, running, failed, best_grade }: Session): string => {
    if (!rounds) return t("noRounds");
    const state = running ? t("runningCount", { count: running }) : best_grade ? t("best", { grade: best_grade }) : failed ? t("failedCount", { count: failed }) : "";
    return [t("rounds", { count: rounds }), state].filter(Boolean).join(" · ");
  };
}

function NameField({ name, onDone }: { name: string; onDone: (name: string | null) => void }) {
  const { t } = useTranslation("sessions");
  const [text, setText] = useState(name);
  const keep = () => {
    const next = text.trim();
    onDone(next === "" || next === name ? null : next);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") keep();
    else if (event.key === "Escape") onDone(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <input
      className={css["field"]}
      aria-label={t("renameLabel")}
      value={text}
      maxLength={LONGEST_NAME}
      autoFocus
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={keep}
    />
  );
}

interface SessionItemProps {
  readonly session: Session;
  readonly here: boolean;
  readonly renaming: boolean;
  readonly onRenaming: (renaming: boolean) => void;
  readonly onRename: (name: string) => void;
  readonly onDelete: () => void;
  readonly onOpen: () => void;
}

export function SessionItem({ session, here, renaming, onRenaming, onRename, onDelete, onOpen }: SessionItemProps) {
  const { t } = useTranslation("sessions");
  const nameOf = useSessionName();
  const work = useWork();
  const name = nameOf(session);
  if (renaming) {
    return (
      <li className={css["item"]} data-here="">
        <NameField
          name={session.name ?? ""}
          onDone={(next) => {
            onRenaming(false);
            if (next !== null) onRename(next);
          }}
        />
      </li>
    );
  }
  return (
    <li className={css["item"]} data-here={here ? "" : undefined}>
      <Link
        to="/s/$session"
        params={{ session: session.id }}
        className={css["link"]}
        data-testid="session-item"
        data-session={session.id}
        aria-current={here ? "page" : undefined}
        title={name}
        onClick={onOpen}
        onKeyDown={(event) => {
          if (event.key === "F2") onRenaming(true);
          else if (event.key === "Delete") onDelete();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      >
        <span className={css["name"]}><bdi>{name}</bdi></span>
        <span className={css["work"]}>{work(session)}</span>
      </Link>
      <Menu position="bottom-end" withinPortal={false}>
        <Menu.Target>
          <IconButton label={t("actions", { name: [...name].slice(0, 40).join("") })} className={css["more"] ?? ""}><MoreIcon /></IconButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<EditIcon size={14} />} rightSection={<kbd className={css["kbd"]}>F2</kbd>} onClick={() => onRenaming(true)}>{t("rename")}</Menu.Item>
          <Menu.Item leftSection={<TrashIcon size={14} />} onClick={onDelete}>{t("delete")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}
