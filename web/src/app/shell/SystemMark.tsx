/** Whether everything is there that a run needs: shape and word; inside, the parts one by one and the machine. */

import { Popover } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useReady } from "@/api/queries";
import { useSystem } from "@/api/system";
import { bytes } from "@/lib/bytes";
import { integer, MISSING, share } from "@/lib/format";
import { MarkIcon } from "@/ui/controls";

import css from "./Shell.module.css";
import nav from "./Navigation.module.css";
import { useUptime } from "./useUptime";

export type SystemState = "fine" | "degraded" | "gone" | "unknown";

/** Fine, degraded, gone; unknown until there was a first answer. */
export function useSystemState(): SystemState {
  const ready = useReady();
  if (ready.error || (!ready.data && ready.errorUpdateCount > 0)) return "gone";
  if (!ready.data) return "unknown";
  return Object.values(ready.data.checks).some((check) => !check.ok) ? "degraded" : "fine";
}

function Checks() {
  const { t } = useTranslation("shell");
  const ready = useReady();
  const checks = Object.entries(ready.data?.checks ?? {});
  if (checks.length === 0) return <p className={css["popNote"]}>{t(ready.error ? "system_silent" : "reading")}</p>;
  return (
    <ul className={css["checks"]}>
      {checks.map(([name, check]) => (
        <li key={name}>
          <MarkIcon mark={check.ok ? "pass" : "fail"} size={14} />
          <span>{t(`check_${name}`, { defaultValue: name })}</span>
          <span className="muted">{name === "workers" ? (check.ok ? t("workersRunning", { count: Number(check.message) }) : t("noWorker")) : check.message}</span>
        </li>
      ))}
    </ul>
  );
}

function Machine() {
  const { t } = useTranslation("shell");
  const system = useSystem(true);
  const uptime = useUptime(system.data?.uptime_seconds);
  const { data } = system;
  if (!data) return <p className={css["popNote"]}>{t(system.error ? "system_silent" : "reading")}</p>;
  const { cpu, memory, disk, queue, workers } = data;
  const rows = [
    ["version", data.version],
    ["uptime", uptime],
    ["queue", workers ? t("queueOf", { unfinished: integer(queue.unfinished), slots: integer(workers.slots) }) : integer(queue.unfinished)],
    ["cpu", t("cpuOf", { share: share(cpu.share, 0), count: cpu.cores ?? 0 })],
    ["memory", t("usedOf", { used: bytes(memory.used_bytes), total: bytes(memory.total_bytes) })],
    ["disk", disk ? t("freeOf", { free: bytes(disk.free_bytes), total: bytes(disk.total_bytes) }) : MISSING],
  ] as const;
  return (
    <dl className={css["facts"]}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{t(`system_${name}`)}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function SystemFacts() {
  return (
    <>
      <Checks />
      <Machine />
    </>
  );
}

export function SystemMark() {
  const { t } = useTranslation("shell");
  const [open, setOpen] = useState(false);
  const state = useSystemState();
  return (
    <Popover opened={open} onChange={setOpen} position="right-end" withinPortal returnFocus>
      <Popover.Target>
        <button type="button" className={nav["item"]} onClick={() => setOpen(!open)} data-testid="system-mark">
          <span className={css["markBox"]}><span className={css["shape"]} data-state={state} /></span>
          <span>{t(`system_${state}`)}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <div className={css["pop"]}>
          <h2 className={css["popHead"]}>{t("system")}</h2>
          {open ? <SystemFacts /> : null}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
