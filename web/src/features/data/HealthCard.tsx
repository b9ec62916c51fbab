/** What was looked for in the stored data and what was found, rows one click away. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMarketHealth } from "@/api/data";
import type { HealthCheck } from "@/api/dataTypes";
import { bytes } from "@/lib/bytes";
import { integer } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { moment } from "@/lib/moment";
import { Absent } from "@/ui/Absent";
import { Card } from "@/ui/Card";
import { MarkIcon, TextButton } from "@/ui/controls";
import { Sheet } from "@/ui/Sheet";
import { DataView } from "@/ui/states";

import css from "./Data.module.css";

const MARK: Record<HealthCheck["level"], "pass" | "doubt" | "fail" | null> = { ok: "pass", gap: "doubt", fault: "fail", skipped: null };

function Found({ check, onClose }: { check: HealthCheck | null; onClose: () => void }) {
  const { t, i18n } = useTranslation("dataset");
  const title = check ? pick(check, i18n.language) : "";
  return (
    <Sheet title={title} open={check !== null} onClose={onClose} width={520}>
      {check ? (
        <>
          <p className={css["sentence"]}>{pick({ zh: check.sentence_zh, en: check.sentence_en }, i18n.language)}</p>
          <table className={css["plainTable"]} aria-label={title}>
            <thead>
              <tr>
                <th scope="col">{t("code")}</th>
                <th scope="col">{t("date")}</th>
                <th scope="col">{t("finding")}</th>
              </tr>
            </thead>
            <tbody>
              {check.rows.map((row, i) => (
                <tr key={i}>
                  <td>{row.code === null || row.code === undefined ? <Absent many why={t("absent_code")} /> : <code>{row.code}</code>} <span lang="zh" data-user-text="">{row.name}</span></td>
                  <td>{row.day ?? <Absent many why={t("absent_day")} />}</td>
                  <td>{row.text}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {check.more > 0 ? <p className="muted">{t("moreRows", { count: check.more, number: integer(check.more) })}</p> : null}
        </>
      ) : null}
    </Sheet>
  );
}

export function HealthCard({ market }: { market: string }) {
  const { t, i18n } = useTranslation("dataset");
  const query = useMarketHealth(market);
  const [open, setOpen] = useState<HealthCheck | null>(null);
  const [all, setAll] = useState(false);
  const data = query.data;
  /** Problems speak, the normal is silent. */
  const shownOf = (checks: readonly HealthCheck[]) => (all ? checks : checks.filter((check) => check.level !== "ok"));
  const silent = data?.checks.filter((check) => check.level === "ok").length ?? 0;
  return (
    <Card id="health" title={t("checks")} caption={data ? t("checksCaption", { when: moment(data.checked_at), objects: integer(data.objects), size: bytes(data.bytes) }) : t("checksRunning")} flush>
      <DataView of={query} height={300}>
        {(health) => (
          <div className={css["scroll"]} tabIndex={0} role="group" aria-label={t("checks")}>
            {shownOf(health.checks).length > 0 ? <table className={css["plainTable"]} aria-label={t("checks")}>
              <thead>
                <tr>
                  <th scope="col">{t("check")}</th>
                  <th scope="col">{t("status")}</th>
                  <th scope="col" className="num">{t("count")}</th>
                  <th scope="col">{t("finding")}</th>
                </tr>
              </thead>
              <tbody>
                {shownOf(health.checks).map((check) => {
                  const mark = MARK[check.level];
                  return (
                    <tr key={check.code} data-level={check.level}>
                      <th scope="row">{pick(check, i18n.language)}</th>
                      <td>
                        <span className={css["level"]} data-level={check.level}>
                          {mark ? <MarkIcon mark={mark} size={14} /> : null} {t(`level_${check.level}`)}
                        </span>
                      </td>
                      <td className="num">{check.level === "skipped" ? <Absent why={pick({ zh: check.sentence_zh, en: check.sentence_en }, i18n.language)} /> : integer(check.count)}</td>
                      <td className={css["finding"]}>
                        {pick({ zh: check.sentence_zh, en: check.sentence_en }, i18n.language)} {check.rows.length > 0 ? <TextButton onClick={() => setOpen(check)}>{t("seeRows")}</TextButton> : null}
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table> : null}
            {silent > 0 ? (
              <p className={css["silent"]}>
                <MarkIcon mark="pass" size={14} /> {t("checksFine", { count: silent, total: health.checks.length })} <TextButton onClick={() => setAll(!all)}>{all ? t("hideFine") : t("showFine")}</TextButton>
              </p>
            ) : null}
          </div>
        )}
      </DataView>
      <Found check={open} onClose={() => setOpen(null)} />
    </Card>
  );
}
