/** The sign-in over the page when a session has ended: nothing behind it is lost. The strip of the shell opens it again. */

import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useAccess } from "@/api/auth";
import { closeSignIn, openSignIn, useSignInAsked } from "@/lib/signIn";
import { Dialog } from "@/ui/Dialog";

import css from "./accounts.module.css";
import { SignInForm } from "./SignInForm";

export function SignInDialog() {
  const { t } = useTranslation("accounts");
  const access = useAccess();
  const asked = useSignInAsked();
  useEffect(() => {
    if (access === "expired") openSignIn();
    else closeSignIn();
  }, [access]);
  return (
    <Dialog title={t("expiredTitle")} open={asked && access === "expired"} onClose={closeSignIn}>
      <p className={css["panelText"]} style={{ marginBottom: 12 }}>{t("expiredText")}</p>
      <SignInForm />
    </Dialog>
  );
}
