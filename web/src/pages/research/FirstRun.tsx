/** A conversation that has not begun: what this is, the composer, examples, and whose market it is. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import { Composer } from "@/features/composer/Composer";
import { Examples } from "@/features/examples/Examples";
import { integer } from "@/lib/format";
import { buttonClass } from "@/ui/controls";
import { UploadIcon } from "@/ui/icons";
import { Strip } from "@/ui/states";

import { focusComposer, type Conversation } from "./useConversation";
import css from "./Workspace.module.css";

export function FirstRun({ talk }: { talk: Conversation }) {
  const { t } = useTranslation("research");
  const { market, draft } = talk;
  const pick = (text: string, runNow: boolean) => {
    const put = talk.put(text);
    if (runNow) talk.run(text, put);
    else focusComposer();
  };
  return (
    <div className={css["first"]}>
      <div className={css["column"]}>
        <div>
          <h2 className={css["headline"]}>{t("headline")}</h2>
          <p className={css["lead"]}>{t("lead")}</p>
        </div>
        <Composer draft={draft} market={market.data} large busy={talk.busy} failure={talk.failure} onText={talk.setText} onParameters={talk.change} onRun={talk.run} onBringBack={talk.bringBack} onForgetEarlier={talk.forgetEarlier} />
        <Examples onPick={pick} />
        {market.isPending ? <div className={css["notice"]} /> : null}
        {market.data?.synthetic ? (
          <Strip calm action={<Link to="/data" search={{ tab: "import" } as never} className={buttonClass("default", true)}><UploadIcon size={14} /> {t("importOwn")}</Link>}>
            {t("demo", { names: integer(market.data.names) })}
          </Strip>
        ) : null}
        {market.error instanceof ApiError ? (
          <Strip>{market.error.offline ? t("noMarket") : [market.error.message, market.error.facts.hint].filter(Boolean).join(t("joiner"))}</Strip>
        ) : null}
      </div>
    </div>
  );
}
