/** Where data comes from and whether each place answers: shape, word and reason. */

import { Fragment, useState } from "react";
import { useTranslation } from "react-i18next";

import { useIsAdmin } from "@/api/auth";
import { useSources, useTestSource } from "@/api/data";
import type { Source } from "@/api/dataTypes";
import { MISSING } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { moment } from "@/lib/moment";
import { useRefusalText } from "@/lib/refusal";
import { Absent } from "@/ui/Absent";
import { Card } from "@/ui/Card";
import { Button, MarkIcon, TextButton } from "@/ui/controls";
import { RefreshIcon } from "@/ui/icons";
import { DataView, Empty } from "@/ui/states";

import css from "./Sources.module.css";

/** "182 ms" or "3.4 s". */
export const latency = (ms: number | null): string => (ms === null ? MISSING : ms < 1000 ? `${Math.round(ms)}\u00a0ms` : `${(ms / 1000).toFixed(1)}\u00a0s`);

function Status({ source }: { source: Source }) {
  const { t } = useTranslation("dataset");
  return (
    <span className={css["status"]} data-status={source.status}>
      <i aria-hidden="true" />
      {t(`source_${source.status}`)}
    </span>
  );
}

function Steps({ source }: { source: Source }) {
  const { t, i18n } = useTranslation("dataset");
  if (!source.steps || source.steps.length === 0) return null;
  return (
    <ol className={css["steps"]} aria-label={t("testSteps")}>
      {source.steps.map((step) => (
        <li key={step.step}>
          <MarkIcon mark={step.ok ? "pass" : "fail"} size={14} />
          <span className="sr">{t(step.ok ? "stepOk" : "stepFailed")}</span>
          {pick(step, i18n.language)} <span className="muted">{latency(step.ms)}</span>
        </li>
      ))}
    </ol>
  );
}

interface RowProps {
  readonly source: Source;
  readonly testing: boolean;
  readonly failure: Error | null;
  readonly admin: boolean;
  readonly detailed: boolean;
  readonly onTest: () => void;
}

function SourceRows({ source, testing, failure, admin, detailed, onTest }: RowProps) {
  const { t, i18n } = useTranslation("dataset");
  const refusalText = useRefusalText();
  const reason = pick({ zh: source.zh_reason, en: source.en_reason }, i18n.language);
  const success = source.last_success_at ? t("lastSuccess", { when: moment(source.last_success_at) }) : "";
  const words = [reason, success].filter(Boolean).join(t("joiner")) || (source.kind === "files" ? t("anyTime") : t("neverTested"));
  return (
    <Fragment>
      <tr data-source={source.name}>
        <th scope="row">{pick(source, i18n.language) || source.name}</th>
        <td>{testing ? <span className={css["status"]} data-status="testing"><i aria-hidden="true" />{t("testing")}</span> : <Status source={source} />}</td>
        <td className="num">{source.latency_ms === null ? <Absent why={t(source.kind === "files" ? "absent_files" : "neverTested")} /> : latency(source.latency_ms)}</td>
        <td className={css["reason"]}>{failure ? <span className={css["fault"]} role="alert">{refusalText(failure).title}</span> : words}</td>
        {admin ? (
          <td className="num">
            {source.can_test ? <TextButton disabled={testing} onClick={onTest} aria-label={t("testOne", { source: source.name })}>{t("test")}</TextButton> : null}
          </td>
        ) : null}
      </tr>
      {detailed && source.steps && source.steps.length > 0 ? (
        <tr className={css["detail"]}>
          <td colSpan={admin ? 5 : 4}><Steps source={source} /></td>
        </tr>
      ) : null}
    </Fragment>
  );
}

export function SourcesCard({ detailed = false }: { detailed?: boolean }) {
  const { t } = useTranslation("dataset");
  const admin = useIsAdmin();
  const query = useSources();
  const test = useTestSource();
  const [running, setRunning] = useState<ReadonlySet<string>>(new Set());
  const [failures, setFailures] = useState<ReadonlyMap<string, Error>>(new Map());
  const testOne = async (name: string) => {
    setRunning((old) => new Set(old).add(name));
    setFailures((old) => new Map([...old].filter(([key]) => key !== name)));
    try {
      await test.mutateAsync(name);
    } catch (reason) {
      setFailures((old) => new Map(old).set(name, reason instanceof Error ? reason : new Error(String(reason))));
    } finally {
      setRunning((old) => new Set([...old].filter((key) => key !== name)));
    }
  };
  const testable = query.data?.filter((source) => source.can_test) ?? [];
  const checked = (query.data ?? []).map((source) => source.checked_at).filter((at): at is string => at !== null).toSorted().at(-1);
  return (
    <Card
      id="sources"
      title={t("sources")}
      caption={checked ? t("lastChecked", { when: moment(checked) }) : t("neverChecked")}
      flush
      tools={
        admin && testable.length > 0 ? (
          <Button small look="ghost" disabled={running.size > 0} onClick={() => testable.forEach((source) => void testOne(source.name))}>
            <RefreshIcon size={14} /> {t("testAll")}
          </Button>
        ) : null
      }
    >
      <DataView of={query} height={200} isEmpty={(data) => data.length === 0} empty={<Empty title={t("noSources")} height={120} />}>
        {(data) => (
          <div className={css["box"]} tabIndex={0} role="group" aria-label={t("sources")}>
            <table className={css["table"]} aria-label={t("sources")}>
              <thead>
                <tr>
                  <th scope="col">{t("source")}</th>
                  <th scope="col">{t("status")}</th>
                  <th scope="col" className="num">{t("latency")}</th>
                  <th scope="col">{t("lastSuccessOrReason")}</th>
                  {admin ? <td><span className="sr">{t("test")}</span></td> : null}
                </tr>
              </thead>
              <tbody>
                {data.map((source) => (
                  <SourceRows key={source.name} source={source} testing={running.has(source.name)} failure={failures.get(source.name) ?? null} admin={admin} detailed={detailed} onTest={() => void testOne(source.name)} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </DataView>
    </Card>
  );
}
