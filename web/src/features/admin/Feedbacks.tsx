/** What people told us: words, screenshot, where and with what; open ones first asked for. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAdminFeedbacks, useResolve, type AdminFeedback } from "@/api/admin";
import { localMoment } from "@/lib/moment";
import { toast } from "@/lib/toast";
import { Button, Segmented, Tag } from "@/ui/controls";
import { Dialog } from "@/ui/Dialog";
import { Moment } from "@/ui/Moment";
import { DataView, Empty } from "@/ui/states";

import css from "./admin.module.css";
import { Beyond, Pager } from "./Pager";

export const SHOWN = ["open", "done", "all"] as const;
export type Shown = (typeof SHOWN)[number];

/** Only our own pages become links; anything else that somebody sent stays text. */
export function ownPage(url: string | null): string | null {
  try {
    const found = new URL(url ?? "", window.location.origin);
    return found.origin === window.location.origin && url?.includes("/") ? `${found.pathname}${found.search}` : null;
  } catch {
    return null;
  }
}

function Screenshot({ url }: { url: string }) {
  const { t } = useTranslation("administration");
  const [open, setOpen] = useState(false);
  const [broken, setBroken] = useState(false);
  if (broken) return <span className="muted">{t("noScreenshot")}</span>;
  return (
    <>
      <button type="button" className={css["thumb"]} aria-label={t("openScreenshot")} onClick={() => setOpen(true)}>
        <img src={url} alt={t("screenshot")} loading="lazy" onError={() => setBroken(true)} />
      </button>
      <Dialog title={t("screenshot")} open={open} onClose={() => setOpen(false)} width={1200}>
        <div className={css["picture"]}><img src={url} alt={t("screenshot")} /></div>
      </Dialog>
    </>
  );
}

function Item({ of }: { of: AdminFeedback }) {
  const { t } = useTranslation("administration");
  const resolve = useResolve();
  const mark = () => resolve.mutate(of.id, { onError: (reason) => toast("error", t("resolveFailed", { reason: reason.message })) });
  const page = ownPage(of.page_url);
  return (
    <li className={css["feedback"]} data-feedback={of.id} data-resolved={of.resolved ? "" : undefined}>
      <div className={css["words"]}>
        <p className={css["who"]}>
          <bdi data-user-text="">{of.user_email}</bdi> · <Moment stamp={of.created_at} />
          {of.webhook_sent ? <Tag>{t("passedOn")}</Tag> : null}
        </p>
        <p className={css["said"]} data-user-text="">{of.description}</p>
        <dl className={css["facts"]}>
          {of.page_url ? <><dt>{t("page")}</dt><dd data-user-text="">{page ? <a href={page}>{of.page_url}</a> : of.page_url}</dd></> : null}
          {of.task_id ? <><dt>{t("run")}</dt><dd><code>{of.task_id}</code></dd></> : null}
          {of.user_agent ? <><dt>{t("browser")}</dt><dd data-user-text="">{of.user_agent}</dd></> : null}
        </dl>
        {of.resolved ? (
          <p className={css["done"]}><Tag mark="pass">{t("resolved", { time: localMoment(of.resolved_at) ?? "" })}</Tag></p>
        ) : (
          <p className={css["done"]}><Button small data-testid="resolve" disabled={resolve.isPending} onClick={mark}>{t(resolve.isPending ? "resolving" : "resolve")}</Button></p>
        )}
      </div>
      {of.screenshot_url ? <Screenshot url={of.screenshot_url} /> : null}
    </li>
  );
}

interface FeedbacksProps {
  readonly page: number;
  readonly shown: Shown;
  readonly onPage: (page: number) => void;
  readonly onShown: (shown: Shown) => void;
}

export function Feedbacks({ page, shown, onPage, onShown }: FeedbacksProps) {
  const { t } = useTranslation("administration");
  const query = useAdminFeedbacks(page, shown === "all" ? null : shown === "done");
  return (
    <div className={css["stack"]}>
      <div className={css["filters"]}>
        <Segmented label={t("show")} value={shown} options={SHOWN.map((value) => ({ value, label: t(`show_${value}`) }))} onChange={onShown} />
      </div>
      <DataView of={query} height={360} isEmpty={(data) => data.total === 0} empty={<Empty title={t(shown === "open" ? "noFeedbackOpen" : "noFeedback")} height={200} />}>
        {(data) => (
          <>
            {data.feedbacks.length === 0 ? <Beyond onPage={onPage} /> : <ul className={css["list"]}>{data.feedbacks.map((one) => <Item key={one.id} of={one} />)}</ul>}
            <Pager page={page} total={data.total} onPage={onPage} />
          </>
        )}
      </DataView>
    </div>
  );
}
