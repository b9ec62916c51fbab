/** The way to the keys with which programs sign their requests. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { buttonClass } from "@/ui/controls";

import { Panel } from "./Panel";

export function ProgramsCard() {
  const { t } = useTranslation("settings");
  return <Panel title={t("programs")} lead={t("programsLead")} action={<Link to="/keys" className={buttonClass("default", true)}>{t("programsOpen")}</Link>}>{null}</Panel>;
}
