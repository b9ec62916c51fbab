/** The sign-in as a page, or in place of a page that needs one. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useHeading } from "@/lib/title";

import css from "./accounts.module.css";
import { SignInForm } from "./SignInForm";

/** `waiting`: a page stands behind it and opens after the sign-in. */
export function SignInPanel({ waiting = false }: { waiting?: boolean }) {
  const { t } = useTranslation("accounts");
  useHeading({ title: t("signIn") });
  return (
    <section className={css["panel"]} aria-label={t("signIn")}>
      <p className={css["pitch"]}>{t("pitch")}</p>
      <h2>{t(waiting ? "outTitle" : "signIn")}</h2>
      <SignInForm />
      <p className={css["foot"]}><Link to="/admin">{t("adminDoor")}</Link></p>
    </section>
  );
}
