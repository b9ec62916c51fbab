/** Whether everything is there that a run needs: shape and word, with the reasons inside. */

import { Popover } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useReady } from "@/api/queries";
import { MarkIcon } from "@/ui/controls";

import css from "./Shell.module.css";

export function SystemMark() {
  const { t } = useTranslation("shell");
  const [open, setOpen] = useState(false);
  const ready = useReady();
  const checks = Object.entries(ready.data?.checks ?? {});
  const state = ready.error ? "gone" : checks.some(([, check]) => !check.ok) ? "degraded" : "fine";
  return (
    <Popover opened={open} onChange={setOpen} position="right-end" withinPortal>
      <Popover.Target>
        <button type="button" className={`${css["navItem"]} ${css["system"]}`} onClick={() => setOpen(!open)}>
          <span className={css["shape"]} data-state={state} />
          <span>{t(`system_${state}`)}</span>
        </button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <div className={css["pop"]}>
          <div className={css["popHead"]}>{t("system")}</div>
          {checks.length === 0 ? <p style={{ padding: 14 }}>{t(ready.error ? "offline" : "marketLoading")}</p> : null}
          {checks.map(([name, check]) => (
            <div key={name} className={css["popRow"]}>
              <span className={css["popLine"]}>
                <MarkIcon mark={check.ok ? "pass" : "fail"} size={14} />
                <span>{t(`check_${name}`, { defaultValue: name })}</span>
                <span className="muted" style={{ marginLeft: "auto" }}>{name === "workers" && !check.ok ? t("noWorker") : check.message}</span>
              </span>
            </div>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
