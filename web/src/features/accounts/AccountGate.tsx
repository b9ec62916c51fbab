/** Shows the page to whoever is let in, and the sign-in in its place to whoever is not: the address stays, and opens afterwards. */

import { useRouterState } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useAccountSync, useMe } from "@/api/auth";
import { ApiError } from "@/api/client";
import { Button } from "@/ui/controls";
import { ErrorNote } from "@/ui/states";

import css from "./accounts.module.css";
import { SignInPanel } from "./SignInPanel";

/** Pages with a door of their own. */
const OWN_DOOR = /^\/(admin|login)\/?$/;

export function AccountGate({ children }: { children: ReactNode }) {
  const { t } = useTranslation(["accounts", "ui"]);
  const access = useAccountSync();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const me = useMe();
  if (me.error instanceof ApiError && me.error.status === 403 && me.data === undefined) {
    return (
      <div className={css["refused"]}>
        <ErrorNote title={t("refusedTitle")} small={me.error.message} actions={<Button small onClick={() => void me.refetch()}>{t("ui:retry")}</Button>}>{t("refusedText")}</ErrorNote>
      </div>
    );
  }
  if (access === "out" && !OWN_DOOR.test(pathname)) return <SignInPanel waiting />;
  return <>{children}</>;
}
