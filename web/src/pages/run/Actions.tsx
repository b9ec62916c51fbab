/** What one does with a finished result: improve it, put it beside others, take it along. */

import { Menu } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";

import { useIterate } from "@/api/iterations";
import { openReport, useReportLink } from "@/api/reports";
import type { Task } from "@/api/types";
import { compareSet, MOST_COMPARED } from "@/lib/compareSet";
import { download } from "@/lib/csv";
import { pressKeys } from "@/lib/key";
import { shortcuts } from "@/lib/keys";
import { useOnce } from "@/lib/once";
import { useRefusalText } from "@/lib/refusal";
import { toast } from "@/lib/toast";
import { Button, LinkButton } from "@/ui/controls";
import { ChevronIcon, DownloadIcon, EditIcon, ReportIcon, ScreenIcon } from "@/ui/icons";

const CANDIDATES = 5;

interface ActionsProps {
  readonly id: string;
  readonly task: Task;
  readonly report: string | null;
  readonly onRewrite: () => void;
  readonly onPaper: () => void;
}

export function Actions({ id, task, report, onRewrite, onPaper }: ActionsProps) {
  const { t } = useTranslation("run");
  const navigate = useNavigate();
  const iterate = useIterate();
  const once = useOnce();
  const said = useRefusalText();
  const chosen = compareSet.useAll().includes(id);
  const candidate = id !== task.task_id;
  const fail = (reason: unknown) => toast("error", said(reason).title);
  const link = useReportLink(report ?? "", { download: true, onFault: fail });

  const improve = () =>
    once((settled) => {
      const what = `iterate-${task.task_id}-${CANDIDATES}`;
      iterate
        .mutateAsync({ task: task.task_id, count: CANDIDATES, key: pressKeys.keyFor(what) }, { onSuccess: () => void navigate((task.session_id ? { to: "/s/$session", params: { session: task.session_id } } : { to: "/" }) as never), onError: fail })
        .then(
          () => pressKeys.spent(what),
          () => undefined,
        )
        .finally(settled);
    });
  const compare = () => {
    if (!compareSet.toggle(id)) toast("warning", t("compareFull", { count: MOST_COMPARED }));
    else if (compareSet.has(id)) toast("success", t("compareAdded"), { action: { label: t("compareOpen"), run: () => void navigate({ to: "/compare", search: { ids: compareSet.all().join(",") } } as never) } });
  };
  const acts = useRef({ improve, compare });
  useEffect(() => {
    acts.current = { improve, compare };
  });
  const keys = useMemo(
    () => [
      ...(candidate ? [] : [{ keys: "i", label: t("iterate"), run: () => acts.current.improve() }]),
      { keys: "x", label: t("compare"), run: () => acts.current.compare() },
    ],
    [candidate, t],
  );
  shortcuts.useEntries(keys);

  return (
    <>
      {candidate ? null : (
        <Button small onClick={improve} disabled={iterate.isPending} data-testid="result-iterate">{t("iterate")}</Button>
      )}
      <Button small aria-pressed={chosen} onClick={compare} data-testid="compare-add">{chosen ? t("compared") : t("compare")}</Button>
      {report ? (
        <LinkButton small href={link.href} onClick={link.onClick} onAuxClick={link.onAuxClick} download data-testid="report">
          <DownloadIcon size={14} /> {t("report")}
        </LinkButton>
      ) : null}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button small aria-label={t("more")} title={t("more")}><ChevronIcon size={14} /></Button>
        </Menu.Target>
        <Menu.Dropdown>
          {report ? <Menu.Item leftSection={<ReportIcon size={14} />} onClick={() => void openReport(report).catch(fail)}>{t("openReport")}</Menu.Item> : null}
          <Menu.Item leftSection={<ScreenIcon size={14} />} onClick={onPaper}>{t("paper")}</Menu.Item>
          <Menu.Item leftSection={<DownloadIcon size={14} />} onClick={() => download(`quantgpt_${id}.json`, JSON.stringify(task, null, 2), "application/json")}>{t("json")}</Menu.Item>
          <Menu.Item leftSection={<EditIcon size={14} />} onClick={onRewrite}>{t("rewrite")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
