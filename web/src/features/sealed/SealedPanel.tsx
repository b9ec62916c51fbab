/** The sealed slice beside the lineage: its dates and whether somebody has looked. */

import { useTranslation } from "react-i18next";

import { clockTime, integer, MISSING, span } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { CodeLine } from "@/ui/Code";
import { Tag } from "@/ui/controls";
import { LockIcon, UnlockIcon } from "@/ui/icons";

import type { Seal } from "./seal";
import css from "./Sealed.module.css";

export function SealedPanel({ seal }: { seal: Seal }) {
  const { t, i18n } = useTranslation("sealed");
  const { state, opening } = seal;
  const day = opening?.created_at.slice(0, 10) ?? "";
  return (
    <section className={css["panel"]} aria-label={t("title")} data-testid="sealed-panel" data-state={state}>
      <header className={css["head"]}>
        {opening ? <UnlockIcon /> : <LockIcon />}
        <h2>{t("title")}</h2>
        <span className={css["aside"]}><Tag outline>{t(`state_${state}`)}</Tag></span>
      </header>
      {seal.first ? (
        <p className={css["text"]}>{seal.sessions === null ? span(seal.first, seal.last) : t("days", { span: span(seal.first, seal.last), count: seal.sessions, value: integer(seal.sessions) })}</p>
      ) : null}
      {state === "sealed" ? <p className={css["text"]}>{t("sealedText")}</p> : null}
      {state === "seen" ? <p className={css["text"]}>{t("seenText")}</p> : null}
      {state === "none" ? <p className={css["text"]}>{pick(seal.reason, i18n.language) || MISSING}</p> : null}
      {opening ? (
        <>
          <p className={css["text"]}>{t("openedText", { time: `${day} ${clockTime(opening.created_at)}` })}</p>
          <CodeLine text={opening.expression} className={css["small"] ?? ""} />
        </>
      ) : null}
      {seal.looksBefore > 0 ? <p className={css["text"]}>{t("lookedBefore", { count: seal.looksBefore })}</p> : null}
      {seal.refusals > 0 ? <p className={css["text"]}>{t("refusals", { count: seal.refusals })}</p> : null}
    </section>
  );
}
