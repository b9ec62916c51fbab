/** The frame around every page: navigation, top bar, the strips that say when the server cannot be heard or nobody is signed in. */

import { Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { AccountGate } from "@/features/accounts/AccountGate";
import { SignInDialog } from "@/features/accounts/SignInDialog";
import { FeedbackHost } from "@/features/feedback/FeedbackHost";
import { remembered } from "@/lib/storage";
import { HeadingContext, type Heading } from "@/lib/title";
import { Boundary } from "@/ui/Boundary";
import { Toasts } from "@/ui/Toasts";

import { closePalette, usePaletteOpen } from "./palette";
import { BottomBar, Navigation } from "./Navigation";
import css from "./Shell.module.css";
import { ShellCommands } from "./ShellCommands";
import { Shortcuts } from "./Shortcuts";
import { StatusBar, useStatusBarShown } from "./StatusBar";
import { Strips } from "./Strips";
import { TopBar } from "./TopBar";
import { useJobToasts } from "./useJobToasts";
import { useShortcutListener } from "./useShortcutListener";

const Palette = lazy(() => import("./Palette").then((module) => ({ default: module.Palette })));

/** A page that was reached by a link begins at its content, unless it has put the focus somewhere itself. */
function useFocusOnArrival() {
  const main = useRef<HTMLElement>(null);
  const pathname = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    const was = before.current;
    before.current = pathname;
    if (was === undefined || was === pathname) return;
    const focused = document.activeElement;
    if (!main.current?.contains(focused) && !focused?.closest("dialog")) main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return main;
}

function useFolded() {
  const [folded, set] = useState(() => remembered.text("navigation") === "folded");
  const toggle = useCallback(
    () =>
      set((old) => {
        remembered.setText("navigation", old ? null : "folded");
        return !old;
      }),
    [],
  );
  return [folded, toggle] as const;
}

export function Shell() {
  const { t } = useTranslation("shell");
  const [heading, setHeading] = useState<Heading>({ title: "" });
  const take = useCallback((next: Heading) => setHeading(next), []);
  const [folded, fold] = useFolded();
  const paletteOpen = usePaletteOpen();
  const status = useStatusBarShown();
  const main = useFocusOnArrival();
  useShortcutListener();
  useJobToasts();

  useEffect(() => {
    const name = heading.title ? `${heading.title} · QuantGPT` : "QuantGPT";
    document.title = typeof heading.percent === "number" ? `${Math.round(heading.percent)}% · ${name}` : name;
  }, [heading]);

  return (
    <HeadingContext.Provider value={take}>
      <div className={css["shell"]} data-folded={folded ? "" : undefined} data-status={status ? "" : undefined}>
        <a className={css["skip"]} href="#content">{t("skip")}</a>
        <Navigation folded={folded} onFold={fold} />
        <div className={css["main"]}>
          <TopBar heading={heading} />
          <Strips />
          <main ref={main} id="content" className={css["content"]} tabIndex={-1}>
            <AccountGate>
              <Outlet />
            </AccountGate>
          </main>
        </div>
        <BottomBar />
        {status ? <StatusBar /> : null}
        <ShellCommands onFold={fold} />
        <Shortcuts />
        <Boundary>{paletteOpen ? <Suspense><Palette onClose={closePalette} /></Suspense> : null}</Boundary>
        <SignInDialog />
        <FeedbackHost />
        <Toasts />
        <div className="sr" role="status" data-testid="announcer">{heading.title}</div>
      </div>
    </HeadingContext.Provider>
  );
}
