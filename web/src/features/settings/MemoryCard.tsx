/** What this browser keeps for the reader, and a way to empty it. */

import { useState } from "react";
import { useTranslation } from "react-i18next";

import { forgetKept, keptGroups } from "@/lib/kept";
import { toast } from "@/lib/toast";
import { Button } from "@/ui/controls";
import { Dialog } from "@/ui/Dialog";

import { Panel } from "./Panel";
import css from "./Settings.module.css";

export function MemoryCard() {
  const { t } = useTranslation("settings");
  const [asking, setAsking] = useState(false);
  const [groups, setGroups] = useState(keptGroups);
  const empty = () => {
    forgetKept();
    setGroups(keptGroups());
    setAsking(false);
    toast("success", t("forgotten"));
  };
  return (
    <Panel title={t("memory")} lead={t("memoryLead")} action={<Button small disabled={groups.length === 0} onClick={() => setAsking(true)}>{t("forget")}</Button>}>
      <p className={css["note"]}>{groups.length === 0 ? t("nothingKept") : groups.map((name) => t(`kept_${name}`)).join(" · ")}</p>
      <Dialog title={t("forgetTitle")} open={asking} onClose={() => setAsking(false)}>
        <p style={{ marginBottom: 14 }}>{t("forgetText")}</p>
        <div className={css["actions"]}>
          <Button look="primary" onClick={empty}>{t("forget")}</Button>
          <Button look="ghost" onClick={() => setAsking(false)}>{t("keep")}</Button>
        </div>
      </Dialog>
    </Panel>
  );
}
