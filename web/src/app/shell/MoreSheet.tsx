/** What does not fit a phone's bars: the other pages, language, theme, the state of the system. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useLanguage } from "@/lib/language";
import type { PageDefinition } from "@/lib/page";
import { Segmented } from "@/ui/controls";
import { Sheet } from "@/ui/Sheet";
import { useScheme, type Scheme } from "@/ui/UiProvider";

import css from "./Navigation.module.css";
import { SystemFacts } from "./SystemMark";

function Row({ page, here, onClick }: { page: PageDefinition; here: boolean; onClick: () => void }) {
  const { t } = useTranslation(page.id);
  const Icon = page.nav?.icon;
  return (
    <Link to={page.path} className={css["row"]} aria-current={here ? "page" : undefined} onClick={onClick}>
      {Icon ? <Icon size={18} /> : null}
      {t("nav", { ns: page.id })}
    </Link>
  );
}

interface MoreSheetProps {
  readonly open: boolean;
  readonly pages: readonly PageDefinition[];
  readonly here: string | undefined;
  readonly onClose: () => void;
}

export function MoreSheet({ open, pages, here, onClose }: MoreSheetProps) {
  const { t } = useTranslation("shell");
  const [language, setLanguage] = useLanguage();
  const [scheme, setScheme] = useScheme();
  const schemes: readonly Scheme[] = ["light", "dark", "auto"];
  return (
    <Sheet title={t("more")} open={open} onClose={onClose} flush>
      <ul className={css["rows"]}>
        {pages.map((page) => <li key={page.id}><Row page={page} here={page.id === here} onClick={onClose} /></li>)}
      </ul>
      <div className={css["choices"]}>
        <span>{t("language")}</span>
        <Segmented label={t("language")} value={language} onChange={setLanguage} options={[{ value: "zh", label: t("language_zh") }, { value: "en", label: t("language_en") }]} />
        <span>{t("theme")}</span>
        <Segmented label={t("theme")} value={scheme} onChange={setScheme} options={schemes.map((value) => ({ value, label: t(`theme_${value}`) }))} />
      </div>
      <SystemFacts />
    </Sheet>
  );
}
