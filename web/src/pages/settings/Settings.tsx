/** The settings as cards: display, defaults of a test, what the server is set up with, what this browser keeps. */

import { useTranslation } from "react-i18next";

import { DefaultsCard } from "@/features/settings/DefaultsCard";
import { DisplayCard } from "@/features/settings/DisplayCard";
import { EngineCard } from "@/features/settings/EngineCard";
import { MemoryCard } from "@/features/settings/MemoryCard";
import { ProgramsCard } from "@/features/settings/ProgramsCard";
import { useHeading } from "@/lib/title";

import css from "./Settings.module.css";

export function Settings() {
  const { t } = useTranslation("settings");
  useHeading({ title: t("title") });
  return (
    <div className={css["page"]}>
      <div className={css["column"]}>
        <DisplayCard />
        <MemoryCard />
        <ProgramsCard />
      </div>
      <div className={css["column"]}>
        <DefaultsCard />
        <EngineCard />
      </div>
    </div>
  );
}
