/** 登录: e-mail and code; where this machine's own user needs none, that is said instead. */

import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { useAccess, useMe } from "@/api/auth";
import { SignInPanel } from "@/features/accounts/SignInPanel";
import { definePage } from "@/lib/page";
import { placeIn } from "@/lib/place";
import { useHeading } from "@/lib/title";
import { buttonClass } from "@/ui/controls";
import { Empty } from "@/ui/states";

function Login() {
  const { t } = useTranslation("login");
  useHeading({ title: t("title") });
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const access = useAccess();
  const me = useMe();
  const before = useRef(access);
  useEffect(() => {
    // Whoever has just signed in goes on; whoever comes here signed in is told so.
    if (access === "in" && before.current !== "in") void navigate({ href: placeIn(search["next"]), replace: true } as never);
    before.current = access;
  }, [access, navigate, search]);
  if (access === "open" || access === "in") {
    return (
      <Empty title={t(access === "open" ? "local" : "already")} height={360} action={<Link className={buttonClass("default", false)} to="/">{t("home")}</Link>}>
        {access === "in" ? (me.data?.email ?? "") : t("localText")}
      </Empty>
    );
  }
  return <SignInPanel />;
}

export default definePage({ id: "login", path: "/login", component: Login });
