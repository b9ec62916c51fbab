/** What the sealed slice said: the figures before and after side by side, never pooled. */

import { useTranslation } from "react-i18next";

import { useSealedState, type SealedState } from "@/api/result";
import * as format from "@/lib/format";
import { pick } from "@/lib/i18n";
import { BeforeAfter, useBeforeAfter } from "@/ui/BeforeAfter";
import { Card } from "@/ui/Card";
import { CodeLine } from "@/ui/Code";
import { Metric } from "@/ui/Metric";

import parts from "./Parts.module.css";
import css from "./Result.module.css";

function Opened({ state }: { state: SealedState }) {
  const { t, i18n } = useTranslation("result");
  const twin = useBeforeAfter(state.figures);
  const { opened, slice } = state;
  return (
    <Card id="sealed" title={t("sealedSlice")} heading={<Metric name="sealed">{t("sealedSlice")}</Metric>} caption={slice ? t("sealedCaption", { span: format.span(slice.first_day, slice.last_day), sessions: format.integer(slice.sessions) }) : undefined} table={twin} isTable flush>
      <div className={parts["sealedText"]}>
        {state.verdict ? <p className={parts["sealedVerdict"]}>{pick(state.verdict, i18n.language)}</p> : null}
        {opened && !opened.is_this ? <p className="muted">{t("sealedOther")} <CodeLine text={opened.expression} /></p> : null}
      </div>
      <BeforeAfter figures={state.figures} label={t("sealedSlice")} />
      <p className={parts["dayNote"]}>{t("sealedApart", { count: state.looks.length })}</p>
    </Card>
  );
}

/** Nothing while the slice is closed: the charts show that. */
export function SealedCard({ task }: { task: string }) {
  const state = useSealedState(task).data;
  return state?.state === "opened" && state.figures.length > 0 ? <div className={css["full"]}><Opened state={state} /></div> : null;
}
