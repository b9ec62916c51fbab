/** A fault of an expression as a sentence: place, reason, the nearest valid word. */

import { useTranslation } from "react-i18next";

import { isUnfinished, mendOf, spanOf, type Fault } from "./mend";

export interface ServerFault extends Fault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string | null;
}

const SHOWN = 40;

/** In the language of the page; where we have no words for a code, the server's are shown. */
export function useFaultText() {
  const { t, i18n } = useTranslation("mend");
  return (fault: ServerFault, text: string): string => {
    const { from, to } = spanOf(text, fault);
    const word = to - from > SHOWN ? `${text.slice(from, from + SHOWN)}…` : text.slice(from, to);
    const server = (i18n.language.startsWith("en") ? fault.message : fault.hint || fault.message).replace(/[。.]$/, "");
    const key = isUnfinished(text, fault) ? `unfinished_${fault.code}` : `fault_${fault.code}`;
    const reason = t(key, { defaultValue: server, word, server });
    const sentence = `${t("place", { line: fault.line, column: fault.column })}${reason}`;
    const near = mendOf(text, fault)?.by;
    return !near || sentence.includes(near) ? sentence : t("didYouMean", { sentence, name: near });
  };
}
