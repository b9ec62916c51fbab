/** The same job from a shell or from Python. */

import { useState } from "react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { JobConfig } from "@/api/cryptoTypes";
import { Button, Segmented } from "@/ui/controls";
import controls from "@/ui/controls.module.css";
import { CopyButton } from "@/ui/CopyButton";
import { Dialog } from "@/ui/Dialog";

import css from "./Crypto.module.css";
import { curlOf, pythonOf } from "./snippets";

type Way = "curl" | "python";
const WAYS: readonly { value: Way; label: string }[] = [{ value: "curl", label: "curl" }, { value: "python", label: "Python" }];

export function CopyAs({ config }: { config: JobConfig }) {
  const { t } = useTranslation("simulation");
  const [open, setOpen] = useState(false);
  const [way, setWay] = useState<Way>("curl");
  const text = (way === "curl" ? curlOf : pythonOf)(config, window.location.origin);
  return (
    <>
      <Button small onClick={() => setOpen(true)}>{t("copyAs")}</Button>
      <Dialog title={t("copyAs")} open={open} onClose={() => setOpen(false)} width={680}>
        <div className={css["snippet"]}>
          <div className={css["runLine"]}>
            <Segmented label={t("copyAs")} value={way} onChange={setWay} options={WAYS} />
            <CopyButton text={text} label={t("copyText")} worded />
          </div>
          <pre tabIndex={0} aria-label={t("copyAs")}><code>{text}</code></pre>
          <p className="muted">{t("needsKey")} <Link to="/keys" className={controls["link"] ?? ""}>{t("keys")}</Link></p>
        </div>
      </Dialog>
    </>
  );
}
