/** One fault, said where it happened; a wait in it is counted down. */

import { useTranslation } from "react-i18next";

import { useCountdown } from "@/lib/countdown";
import { useRefusalText } from "@/lib/refusal";
import { CrossIcon } from "@/ui/icons";

import css from "./accounts.module.css";
import { waitOf, type Said } from "./faults";

/** A fault and the moment it was said at, in milliseconds of this computer's clock. */
export type Shown = Said & { readonly at: number };

/** Seconds in words. */
export function useWait(): (seconds: number) => string {
  const { t } = useTranslation("accounts");
  return (seconds) => {
    const { key, count } = waitOf(seconds);
    return t(key, { count });
  };
}

export function Fault({ id, fault }: { id: string; fault: Shown | null }) {
  const { t } = useTranslation("accounts");
  const wait = useWait();
  const refusalText = useRefusalText();
  const seconds = useCountdown(fault?.wait === undefined ? null : fault.at + fault.wait * 1000);
  const over = fault?.wait !== undefined && seconds === 0;
  // A wait that is over needs no more words, except that a void code stays void.
  const key = over ? (fault.key === "locked" ? "lockedNow" : null) : (fault?.key ?? null);
  return (
    <div id={id} role="alert">
      {fault && key ? (
        <p className={css["fault"]}>
          <CrossIcon size={14} />
          <span>{t(key, { count: fault.count ?? 0, detail: fault.refused ? refusalText(fault.refused).title : "", wait: wait(seconds) })}</span>
        </p>
      ) : null}
    </div>
  );
}
