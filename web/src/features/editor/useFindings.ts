/** The server's remarks on the text as findings with places, in the language of the page. */

import { useMemo, type RefObject } from "react";
import { useTranslation } from "react-i18next";

import type { Description } from "@/api/expressions";
import { useFaultText } from "@/lib/faultText";
import { pick } from "@/lib/i18n";
import { isUnfinished, mendOf, spanOf } from "@/lib/mend";

import type { EditorHandle } from "./ExpressionEditor";
import type { Finding } from "./Findings";
import type { Offer } from "./vocabulary";

/** A word that could still become a known one is not wrong yet. */
export const begins = (offers: readonly Offer[], word: string) => word.length > 0 && offers.some((offer) => offer.label !== word && offer.label.startsWith(word));

export function useFindings(now: Description | null, text: string, offers: readonly Offer[], editor: RefObject<EditorHandle | null>): Finding[] {
  const { t, i18n } = useTranslation("workbench");
  const faultText = useFaultText();
  return useMemo(() => {
    if (!now || !text.trim() || now.words) return [];
    const { error } = now;
    if (!error) return (now.notices ?? []).map((notice): Finding => ({ key: `${notice.code}-${notice.start}`, mark: "doubt", text: pick(notice, i18n.language), ...spanOf(text, notice) }));
    const span = spanOf(text, error);
    const change = mendOf(text, error);
    const word = text.slice(span.from, span.to);
    const partial = !change && error.code.startsWith("unknown_") && begins(offers, word);
    const said = partial ? t("partial", { line: error.line, column: error.column, word }) : faultText(error, text);
    const mend = change ? { mend: () => editor.current?.replace(change.from, change.to, change.by) } : {};
    return [{ key: "error", mark: partial || isUnfinished(text, error) ? "doubt" : "fail", text: said, ...span, ...mend }];
  }, [now, text, offers, editor, faultText, t, i18n.language]);
}
