/** The password of the administration. On success whatever was refused is asked again. */

import { useId, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";

import { useAdminSignIn } from "@/api/auth";
import { ApiError } from "@/api/client";
import { focusHere } from "@/lib/focus";
import { useOnce } from "@/lib/once";
import { Button } from "@/ui/controls";

import css from "./accounts.module.css";
import { Fault, type Shown } from "./Fault";
import { adminFault } from "./faults";

export function AdminDoor() {
  const { t } = useTranslation("accounts");
  const id = useId();
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<Shown | null>(null);
  const signIn = useAdminSignIn();
  const once = useOnce();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!password || signIn.isPending) return;
    once((done) => signIn.mutate(password, {
      onSettled: done,
      onSuccess: () => setPassword(""),
      onError: (reason) => setFault({ ...adminFault(reason instanceof ApiError ? reason : new ApiError(String(reason), 500)), at: Date.now() }),
    }));
  };
  return (
    <section className={css["panel"]} aria-label={t("adminTitle")}>
      <h2>{t("adminTitle")}</h2>
      <form className={css["form"]} onSubmit={submit}>
        <p className={css["lead"]}>{t("adminText")}</p>
        <input type="text" name="username" autoComplete="username" value="admin" readOnly hidden />
        <label htmlFor={id}>{t("password")}</label>
        <input id={id} className={css["field"]} data-testid="admin-password" type="password" autoComplete="current-password" maxLength={1000} value={password} aria-invalid={fault !== null} aria-describedby={`${id}-fault`} ref={focusHere} onChange={(event) => (setPassword(event.target.value), setFault(null))} />
        <Fault id={`${id}-fault`} fault={fault} />
        <Button look="primary" type="submit" disabled={!password || signIn.isPending}>{t(signIn.isPending ? "checking" : "adminEnter")}</Button>
      </form>
    </section>
  );
}
