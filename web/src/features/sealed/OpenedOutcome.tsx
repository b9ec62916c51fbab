/** What the sealed slice said of the chosen factor: figures before and after side by side, never pooled. */

import { useTranslation } from "react-i18next";

import type { OpenedResult } from "@/api/iterations";
import { useSealedState } from "@/api/result";
import { span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { BeforeAfter } from "@/ui/BeforeAfter";
import { CodeLine } from "@/ui/Code";
import { MarkIcon } from "@/ui/controls";
import { UnlockIcon } from "@/ui/icons";
import { DataView, Skeleton } from "@/ui/states";

import type { Seal } from "./seal";
import css from "./Sealed.module.css";

function Figures({ run, result, openSpan }: { run: string; result: OpenedResult; openSpan: string | null }) {
  const { t, i18n } = useTranslation("sealed");
  const state = useSealedState(run);
  const compared = state.data?.verdict;
  return (
    <>
      {compared ? <p className={css["verdict"]}>{pick(compared, i18n.language)}</p> : null}
      <p className={compared ? css["text"] : css["verdict"]}>{t("alone", { verdict: pick(result.verdict, i18n.language) })}</p>
      <DataView of={state} height={280}>{(data) => <BeforeAfter figures={data.figures} label={t("outcome")} />}</DataView>
      <p className={css["note"]}>{openSpan ? `${openSpan} | ` : ""}{span(result.sealed.first_day, result.sealed.last_day)} · {t("apart")}</p>
    </>
  );
}

interface OpenedOutcomeProps {
  /** The chosen candidate: `<task>-<index>`. */
  readonly run: string;
  readonly seal: Seal;
  /** Dates of the open part, where they are known. */
  readonly openSpan: string | null;
  /** The chosen factor is not the one that the slice was opened for. */
  readonly refused: boolean;
}

export function OpenedOutcome({ run, seal, openSpan, refused }: OpenedOutcomeProps) {
  const { t } = useTranslation("sealed");
  const { opening } = seal;
  if (!opening) return null;
  if (refused) return <p className={css["refused"]}><MarkIcon mark="doubt" /> <span>{t("refusedNote")}</span></p>;
  return (
    <section className={css["outcome"]} aria-label={t("outcome")} data-testid="opened" data-state={seal.state}>
      <header className={css["head"]}>
        <UnlockIcon />
        <h3>{t("outcome")}</h3>
      </header>
      {opening.status === "failed" ? (
        <p className={css["text"]}>{t("outcomeFailed", { reason: opening.error ?? "—" })}</p>
      ) : opening.result ? (
        <Figures run={run} result={opening.result} openSpan={openSpan} />
      ) : (
        <div role="status">
          <p className={css["text"]}>{t("outcomeRunning")}</p>
          <CodeLine text={opening.expression} />
          <div className={css["waiting"]}><Skeleton height={14} width="62%" /><Skeleton height={150} /></div>
        </div>
      )}
    </section>
  );
}
