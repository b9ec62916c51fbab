/** One line at the foot of the working pages: system, data, queue, disk, clock, network. Off on the research page; a switch is in the settings. */

import { useRouterState } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useCryptoMarket } from "@/api/crypto";
import { useMarket } from "@/api/queries";
import { useSystem } from "@/api/system";
import { bytes } from "@/lib/bytes";
import { clockTime, share } from "@/lib/format";
import { usePreference } from "@/lib/preference";

import css from "./StatusBar.module.css";
import { isGone } from "./marketGone";
import { useSystemState } from "./SystemMark";
import { useConnection } from "./useConnection";
import { useOnCrypto } from "./useOnCrypto";

const RESEARCH = /^\/(s\/[^/]+\/?)?$/;

export function useStatusBarShown(): boolean {
  const [choice] = usePreference("statusBar");
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  return choice !== "off" && !RESEARCH.test(pathname);
}

/** The time here, and in the market's zone on hover. */
function Clock() {
  const { t } = useTranslation("shell");
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), 5_000);
    return () => clearInterval(timer);
  }, []);
  const market = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" }).format(now);
  return <time title={t("marketTime", { time: market })} dateTime={now.toISOString()}>{clockTime(now.toISOString())}</time>;
}

function MarketUnread({ reason }: { reason: Error | null }) {
  const { t } = useTranslation("shell");
  if (reason === null) return <span>{t("marketLoading")}</span>;
  return isGone(reason) ? <span>{t("noMarket")}</span> : null;
}

function CryptoLink() {
  const { t } = useTranslation("shell");
  const market = useCryptoMarket().data;
  return market?.market ? <span>{t("dataAt", { market: market.market, snapshot: market.snapshot.slice(0, 6) })}</span> : null;
}

function SharesLink() {
  const { t } = useTranslation("shell");
  const market = useMarket();
  return market.data ? <span>{t("dataLink", { market: market.data.market, day: market.data.last_day })}</span> : <MarketUnread reason={market.error} />;
}

export function StatusBar() {
  const { t } = useTranslation("shell");
  const state = useSystemState();
  const system = useSystem(true);
  const onCrypto = useOnCrypto();
  const { offline } = useConnection();
  const disk = system.data?.disk;
  const queue = system.data?.queue;
  return (
    <footer className={css["bar"]} aria-label={t("statusBar")} data-testid="status-bar">
      <span><i className={css["shape"]} data-state={state} />{t(`system_${state}`)}</span>
      {onCrypto ? <CryptoLink /> : <SharesLink />}
      {queue ? <span>{t("queueShort", { count: queue.unfinished })}</span> : null}
      <span className={css["space"]} />
      {system.data ? <span>{t("cpuShort", { share: share(system.data.cpu.share, 0) })}</span> : null}
      {disk ? <span>{t("diskShort", { free: bytes(disk.free_bytes) })}</span> : null}
      <span>{t(offline ? "network_gone" : "network_fine")}</span>
      <Clock />
    </footer>
  );
}
