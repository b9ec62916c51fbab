/** What concerns every page: the server cannot be heard, or the sign-in has ended. Nothing that was typed is touched. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { useAccess } from "@/api/auth";
import { useCountdown } from "@/lib/countdown";
import { openSignIn } from "@/lib/signIn";
import { Button } from "@/ui/controls";
import { Strip } from "@/ui/states";

import css from "./Shell.module.css";
import { useConnection } from "./useConnection";

function Offline({ retryAt, ask }: { retryAt: number | null; ask: () => void }) {
  const { t } = useTranslation("shell");
  const client = useQueryClient();
  const seconds = useCountdown(retryAt);
  const now = () => {
    ask();
    void client.refetchQueries({ type: "active", predicate: (query) => query.state.status === "error" && query.queryKey[0] !== "health" });
  };
  useEffect(() => {
    window.addEventListener("online", ask);
    return () => window.removeEventListener("online", ask);
  }, [ask]);
  return (
    <div data-testid="offline">
      <Strip action={<Button small onClick={now}>{t("retryNow")}</Button>}>
        {t("offline")}
        <span aria-hidden="true">{seconds > 0 ? t("retryIn", { seconds }) : t("retrying")}</span>
        {t("offlineRest")}
      </Strip>
    </div>
  );
}

export function Strips() {
  const { t } = useTranslation("shell");
  const client = useQueryClient();
  const access = useAccess();
  const { offline, retryAt, ask } = useConnection();
  const was = useRef(false);
  useEffect(() => {
    // Back again: whatever failed meanwhile is asked for once more.
    if (was.current && !offline) void client.refetchQueries({ type: "active", predicate: (query) => query.state.status === "error" });
    was.current = offline;
  }, [offline, client]);
  if (!offline && access !== "expired") return null;
  return (
    <div className={css["strips"]}>
      {offline ? <Offline retryAt={retryAt} ask={ask} /> : null}
      {access === "expired" ? (
        <div data-testid="expired">
          <Strip action={<Button small look="primary" onClick={openSignIn}>{t("signIn")}</Button>}>{t("expired")}</Strip>
        </div>
      ) : null}
    </div>
  );
}
