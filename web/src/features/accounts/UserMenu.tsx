/** Who is signed in, and what concerns them: feedback, the administration, signing out. */

import { Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { adminSignedOut, useAccess, useHoldsAdmin, useIsAdmin, usePerson, useSignOut } from "@/api/auth";
import { openFeedback } from "@/lib/feedback";
import { openSignIn } from "@/lib/signIn";
import { toast } from "@/lib/toast";
import { IconButton } from "@/ui/controls";
import { UserIcon } from "@/ui/icons";

import css from "./accounts.module.css";

export function UserMenu() {
  const { t } = useTranslation("accounts");
  const access = useAccess();
  const person = usePerson();
  const isAdmin = useIsAdmin();
  const holdsAdmin = useHoldsAdmin();
  const signOut = useSignOut();
  const named = person !== null && (access === "in" || access === "expired");
  const leave = () =>
    signOut.mutate(undefined, {
      onSuccess: () => toast("success", t("signedOut")),
      onError: () => toast("warning", t("signOutFailed")),
    });
  return (
    <Menu position="bottom-end" width={260} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <IconButton label={named ? `${t("menu")} · ${person.email}` : t("menu")} data-testid="user-menu">
          {named ? <span className={css["letter"]}>{person.email.slice(0, 1).toUpperCase()}</span> : <UserIcon />}
        </IconButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={css["who"]} role="none">
          {named ? person.email : access === "open" ? t("local") : t("outTitle")}
          {access === "open" ? <span>{t("localText")}</span> : null}
        </div>
        <Menu.Divider />
        {access === "in" || access === "open" ? <Menu.Item data-testid="feedback-open" onClick={() => openFeedback()}>{t("feedback")}</Menu.Item> : null}
        {isAdmin ? <Menu.Item component={Link} to="/admin">{t("admin")}</Menu.Item> : null}
        {holdsAdmin ? <Menu.Item onClick={adminSignedOut}>{t("leaveAdmin")}</Menu.Item> : null}
        {access === "expired" ? <Menu.Item onClick={openSignIn}>{t("signIn")}</Menu.Item> : null}
        {access === "out" ? <Menu.Item component={Link} to="/login">{t("signIn")}</Menu.Item> : null}
        {access === "in" ? (
          <Menu.Item onClick={leave} data-testid="sign-out">
            {t("signOut")}
            <span className={css["note"]}>{t("signOutNote")}</span>
          </Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
