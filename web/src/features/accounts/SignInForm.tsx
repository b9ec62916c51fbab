/** E-mail, then six digits. What was typed survives a fault; a reload finds the code that is on its way. */

import { useId, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { usePerson, useSendCode, useVerifyCode } from "@/api/auth";
import { ApiError } from "@/api/client";
import { useCountdown } from "@/lib/countdown";
import { focusHere } from "@/lib/focus";
import { useOnce } from "@/lib/once";
import { Button, TextButton } from "@/ui/controls";

import css from "./accounts.module.css";
import { DIGITS, keepSent, RESEND_SECONDS, sentBefore, type Sent } from "./code";
import { CodeField } from "./CodeField";
import { codeFault, sendFault } from "./faults";
import { Fault, useWait, type Shown } from "./Fault";

const asFault = (reason: unknown) => (reason instanceof ApiError ? reason : new ApiError(String(reason), 500));

interface EmailStepProps {
  readonly email: string;
  readonly setEmail: (email: string) => void;
  readonly busy: boolean;
  readonly fault: Shown | null;
  readonly onSend: () => void;
}

function EmailStep({ email, setEmail, busy, fault, onSend }: EmailStepProps) {
  const { t } = useTranslation("accounts");
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (email.trim() && !busy) onSend();
  };
  return (
    <form className={css["form"]} onSubmit={submit} noValidate>
      <p className={css["lead"]}>{t("signInLead")}</p>
      <label htmlFor={id}>{t("email")}</label>
      <input id={id} className={css["field"]} data-testid="login-email" name="email" type="email" inputMode="email" autoComplete="email" autoCapitalize="off" spellCheck={false} maxLength={255} placeholder={t("emailPlaceholder")} value={email} onChange={(event) => setEmail(event.target.value)} aria-invalid={fault !== null} aria-describedby={`${id}-fault`} ref={focusHere} />
      <Fault id={`${id}-fault`} fault={fault} />
      <Button look="primary" type="submit" disabled={busy || !email.trim()}>{t(busy ? "sending" : "send")}</Button>
    </form>
  );
}

interface CodeStepProps {
  readonly sent: Sent;
  readonly fault: Shown | null;
  readonly setFault: (fault: Shown | null) => void;
  readonly busy: boolean;
  readonly onResend: () => void;
  readonly onOther: () => void;
}

function CodeStep({ sent, fault, setFault, busy, onResend, onOther }: CodeStepProps) {
  const { t } = useTranslation("accounts");
  const id = useId();
  const [digits, setDigits] = useState("");
  const verify = useVerifyCode();
  const valid = useCountdown(sent.expiresAt);
  const again = useCountdown(sent.resendAt);
  const wait = useWait();
  const show = (next: string) => {
    setDigits(next);
    if (next) setFault(null);
    if (next.length < DIGITS || verify.isPending) return;
    // A promise, because the form is gone once somebody is signed in.
    verify.mutateAsync({ email: sent.email, code: next }).then(
      () => keepSent(null),
      (reason: unknown) => {
        const said = asFault(reason);
        setFault({ ...codeFault(said), at: Date.now() });
        // What never arrived can be sent again; what was wrong is cleared.
        if (!said.offline) setDigits("");
      },
    );
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    show(digits);
  };
  return (
    <form className={css["form"]} onSubmit={submit} noValidate>
      <p className={css["lead"]}>{valid > 0 ? t("sentTo", { email: sent.email, minutes: Math.ceil(valid / 60) }) : t("sentToLate", { email: sent.email })}</p>
      <label htmlFor={id}>{t("code")}</label>
      <CodeField id={id} value={digits} onChange={show} describedBy={`${id}-hint ${id}-fault`} invalid={fault !== null} busy={verify.isPending} />
      <p id={`${id}-hint`} className={css["hint"]} role="status">{verify.isPending ? t("checking") : t("codeHint")}</p>
      <Fault id={`${id}-fault`} fault={fault} />
      <div className={css["row"]}>
        <Button small disabled={busy || again > 0} onClick={onResend}>{again > 0 ? t("resendIn", { wait: wait(again) }) : t(busy ? "sending" : "resend")}</Button>
        {fault?.key === "offline" && digits.length === DIGITS ? <Button small type="submit" look="primary">{t("signIn")}</Button> : null}
        <TextButton onClick={onOther}>{t("otherEmail")}</TextButton>
      </div>
      <p className={css["hint"]}>{t("notArrived")}</p>
    </form>
  );
}

export function SignInForm() {
  const person = usePerson();
  const [sent, setSent] = useState<Sent | null>(sentBefore);
  const [email, setEmail] = useState(sent?.email ?? person?.email ?? "");
  const [fault, setFault] = useState<Shown | null>(null);
  const send = useSendCode();
  const once = useOnce();
  const keep = (next: Sent | null) => {
    setSent(next);
    keepSent(next);
  };
  const ask = () => {
    const asked = email.trim();
    setFault(null);
    once((done) => send.mutate(asked, {
      onSettled: done,
      onSuccess: (seconds) => keep({ email: asked, expiresAt: Date.now() + seconds * 1000, resendAt: Date.now() + RESEND_SECONDS * 1000 }),
      onError: (reason) => {
        const said = asFault(reason);
        setFault({ ...sendFault(said), at: Date.now() });
        // The server knows better when the next one may go.
        if (sent && said.status === 429) keep({ ...sent, resendAt: Date.now() + (said.retryAfterSeconds ?? RESEND_SECONDS) * 1000 });
      },
    }));
  };
  const other = () => {
    keep(null);
    setFault(null);
  };
  if (sent === null) return <EmailStep email={email} setEmail={setEmail} busy={send.isPending} fault={fault} onSend={ask} />;
  return <CodeStep key={sent.expiresAt} sent={sent} fault={fault} setFault={setFault} busy={send.isPending} onResend={ask} onOther={other} />;
}
