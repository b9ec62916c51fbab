/** The frame around every page: navigation, top bar, the strip that says when the server cannot be heard. */

import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useHealth } from "@/api/queries";
import { HeadingContext, type Heading } from "@/lib/title";
import { Button } from "@/ui/controls";
import { Strip } from "@/ui/states";
import { Toasts } from "@/ui/Toasts";

import { NAVIGATION, PAGES } from "../pages";
import css from "./Shell.module.css";
import { Shortcuts } from "./Shortcuts";
import { SystemMark } from "./SystemMark";
import { TopBar } from "./TopBar";

function matches(path: string, pathname: string): boolean {
  const pattern = path.replace(/\$\w+/g, "[^/]+");
  return new RegExp(`^${pattern}/?$`).test(pathname);
}

function NavigationItems() {
  const { t } = useTranslation(NAVIGATION.map((page) => page.id));
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const open = PAGES.find((page) => matches(page.path, pathname));
  const here = open?.under ?? open?.id;
  return NAVIGATION.map((page) => {
    const Icon = page.nav?.icon;
    return (
      <Link key={page.id} to={page.path} className={css["navItem"]} data-here={page.id === here ? "" : undefined} aria-current={page.id === here ? "page" : undefined}>
        {Icon ? <Icon size={18} /> : null}
        <span>{t("nav", { ns: page.id })}</span>
      </Link>
    );
  });
}

export function Shell() {
  const { t } = useTranslation("shell");
  const client = useQueryClient();
  const health = useHealth();
  const [heading, setHeading] = useState<Heading>({ title: "" });
  const take = useCallback((next: Heading) => setHeading(next), []);

  useEffect(() => {
    const name = heading.title ? `${heading.title} · QuantGPT` : "QuantGPT";
    document.title = typeof heading.percent === "number" ? `${Math.round(heading.percent)}% · ${name}` : name;
  }, [heading]);

  return (
    <HeadingContext.Provider value={take}>
      <div className={css["shell"]}>
        <a className={css["skip"]} href="#content">{t("skip")}</a>
        <nav className={css["rail"]} aria-label={t("navigation")}>
          <Link to="/" className={css["brand"]} aria-label="QuantGPT">
            <span className={css["logo"]}>Q</span>
            <span className={css["brandName"]}>QuantGPT</span>
          </Link>
          <NavigationItems />
          <div className={css["railFoot"]}>
            <SystemMark />
          </div>
        </nav>
        <div className={css["main"]}>
          <TopBar heading={heading} />
          {health.error ? (
            <div className={css["offline"]}>
              <Strip action={<Button small onClick={() => void client.refetchQueries({ type: "active" })}>{t("retryNow")}</Button>}>{t("offline")}</Strip>
            </div>
          ) : null}
          <main id="content" className={css["content"]} tabIndex={-1}>
            <Outlet />
          </main>
        </div>
        <Shortcuts />
        <Toasts />
        <nav className={css["bottom"]} aria-label={t("navigation")}>
          <NavigationItems />
        </nav>
      </div>
    </HeadingContext.Provider>
  );
}
