/** The box where an idea starts: text with live validation, parameters, run. */

import { useEffect, useId, useRef, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/client";
import { useValidation } from "@/api/queries";
import type { MarketFacts } from "@/api/types";
import { useFaultText } from "@/lib/faultText";
import { integer } from "@/lib/format";
import { applied, mendOf, spanOf, type Change } from "@/lib/mend";
import { useRefusalText } from "@/lib/refusal";
import { Button, MarkIcon, TextButton } from "@/ui/controls";
import { ArrowUpIcon } from "@/ui/icons";
import { Strip } from "@/ui/states";

import css from "./Composer.module.css";
import { parametersOf, type Draft, type Parameters } from "./draft";
import { ExpressionInput } from "./ExpressionInput";
import { ParameterChips } from "./ParameterChips";
import { ValidationLine } from "./ValidationLine";

interface ComposerProps {
  readonly draft: Draft;
  readonly market: MarketFacts | undefined;
  /** The market of the last run here, which the next one may not share. */
  readonly theirs?: string | null;
  readonly large: boolean;
  readonly busy: boolean;
  readonly failure: Error | null;
  readonly onText: (text: string) => void;
  readonly onParameters: (part: Partial<Parameters>) => void;
  readonly onRun: (text: string) => void;
  readonly onBringBack: () => void;
  readonly onForgetEarlier: () => void;
}

/** A refusal that says what stands above it already, at its place in the text. */
const isFaultOfText = (failure: Error) => failure instanceof ApiError && failure.status === 400 && failure.facts.field === "prompt";

const EARLIER_SHOWN = 60;
const shortened = (text: string) => {
  const letters = [...text.trim()];
  return letters.length > EARLIER_SHOWN ? `${letters.slice(0, EARLIER_SHOWN).join("")}…` : letters.join("");
};

/** A refusal of the submit: our words for what concerns the text, those of every page for the rest. */
function Refusal({ failure, text: written }: { failure: Error; text: string }) {
  const { t } = useTranslation("composer");
  const said = useRefusalText()(failure);
  const api = failure instanceof ApiError ? failure : null;
  const wait = api?.retryAfterSeconds ?? null;
  const limit = /\d+/.exec(api?.message ?? "")?.[0];
  const own =
    api?.offline ? t("refusedOffline") :
    api?.status === 503 ? (wait === null ? t("refusedFull") : t("refusedFullWait", { seconds: Math.ceil(wait) })) :
    api?.status === 429 ? (wait === null ? t("refusedRate") : t("refusedRateWait", { seconds: Math.ceil(wait) })) :
    api?.status === 401 ? t("refusedExpired") :
    api?.status === 400 && api.facts.field === "prompt" && limit !== undefined ? t("refusedLong", { limit, length: integer([...written.trim()].length) }) :
    api?.status === 400 && api.facts.field === "prompt" && api.facts.code === "invalid" ? t("refusedCharacters") :
    null;
  return (
    <div className={css["fault"]} role="alert" data-testid="refusal">
      <MarkIcon mark="fail" />
      <span className={css["faultText"]}>
        {own ?? said.title}
        {own === null && said.text ? <span className="muted"> {said.text}</span> : null}
        {own === null && said.foreign ? <span className="muted" lang="zh" data-user-text=""> {said.foreign}</span> : null}
      </span>
    </div>
  );
}

export function Composer({ draft, market, theirs = null, large, busy, failure, onText, onParameters, onRun, onBringBack, onForgetEarlier }: ComposerProps) {
  const { t } = useTranslation("composer");
  const id = useId();
  const input = useRef<HTMLTextAreaElement>(null);
  const validation = useValidation(draft.text, market?.market);
  const faultText = useFaultText();
  const fault = validation.now && !validation.now.valid && !validation.now.words ? validation.now.error : null;
  const notice = validation.now?.valid ? validation.now.notices?.[0] : undefined;
  const readsAsWords = validation.now ? validation.now.words === true : /\p{Script=Han}/u.test(draft.text) && !draft.text.includes("(");
  const ready = draft.text.trim() !== "" && market !== undefined && !busy && fault === null;

  useEffect(() => {
    if (large && window.matchMedia("(hover: hover)").matches) input.current?.focus({ preventScroll: true });
  }, [large]);

  const run = () => {
    if (ready) onRun(draft.text);
  };
  const replace = (change: Change) => {
    onText(applied(draft.text, change));
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === "Escape") input.current?.blur();
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    const change = fault ? mendOf(draft.text, fault) : null;
    if (event.altKey && change !== null) {
      event.preventDefault();
      replace(change);
    } else if (!event.shiftKey && !event.altKey) {
      event.preventDefault();
      run();
    }
  };
  const marked = (at: { start: number; end: number }, kind: "error" | "notice") => {
    const { from, to } = spanOf(draft.text, at);
    return { start: from, end: to, kind };
  };
  const span = fault ? marked(fault, "error") : notice && notice.end > notice.start ? marked(notice, "notice") : null;

  return (
    <form
      className={css["composer"]}
      data-large={large ? "" : undefined}
      aria-label={t("label")}
      onSubmit={(event) => {
        event.preventDefault();
        run();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) input.current?.focus();
      }}
    >
      <ExpressionInput
        ref={input}
        id={`${id}-input`}
        label={t("label")}
        describedBy={`${id}-line`}
        value={draft.text}
        placeholder={large ? t("placeholder") : t("placeholderNext")}
        span={span}
        invalid={fault !== null}
        words={readsAsWords}
        rows={large ? 2 : 1}
        onChange={onText}
        onKeyDown={onKeyDown}
      />
      <ValidationLine id={`${id}-line`} text={draft.text} validation={validation} onReplace={replace} />
      {theirs !== null && market && market.market !== theirs ? <Strip>{t("otherMarket", { theirs, chosen: market.market })}</Strip> : null}
      {draft.earlier ? (
        <Strip
          calm
          action={
            <>
              <TextButton onClick={() => (onBringBack(), input.current?.focus())}>{t("bringBack")}</TextButton> <TextButton onClick={onForgetEarlier}>{t("dismiss")}</TextButton>
            </>
          }
        >
          {t("earlier")} <span data-user-text="">{shortened(draft.earlier.text)}</span>
        </Strip>
      ) : null}
      {failure && !(fault !== null && isFaultOfText(failure)) ? <Refusal failure={failure} text={draft.text} /> : null}
      <div className={css["bar"]}>
        {market ? <ParameterChips market={market} value={parametersOf(draft, market)} wrongField={failure instanceof ApiError ? failure.facts.field : undefined} onChange={onParameters} /> : <div className={css["chips"]} />}
        {large ? <span className={css["keys"]}>{t("keys")}</span> : null}
        <Button type="submit" look="primary" aria-label={t("run")} disabled={!ready} title={fault ? faultText(fault, draft.text) : undefined} data-testid="run">
          <span className={css["runWord"]}>{busy ? t("sending") : t("run")}</span> <ArrowUpIcon size={14} />
        </Button>
      </div>
    </form>
  );
}
