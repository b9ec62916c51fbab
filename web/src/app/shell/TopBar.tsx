/** Title and crumbs on the left; commands, jobs, market, language, theme and the account on the right. */

import { Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useAccess } from "@/api/auth";
import { UserMenu } from "@/features/accounts/UserMenu";
import type { Language } from "@/lib/i18n";
import { useLanguage } from "@/lib/language";
import type { Heading } from "@/lib/title";
import { IconButton } from "@/ui/controls";
import { BackIcon, MoonIcon, ScreenIcon, SearchIcon, SunIcon } from "@/ui/icons";
import { Keys } from "@/ui/Keys";
import { useScheme, type Scheme } from "@/ui/UiProvider";

import { JobsChip } from "./JobsChip";
import { MarketChip } from "./MarketChip";
import { openPalette } from "./palette";
import css from "./TopBar.module.css";

function LanguageSwitch() {
  const { t } = useTranslation("shell");
  const [language, setLanguage] = useLanguage();
  const other: Language = language === "en" ? "zh" : "en";
  return (
    <IconButton label={t("switchLanguage")} lang={other === "en" ? "en" : "zh-CN"} className={css["wideOnly"]} onClick={() => setLanguage(other)}>
      {t("otherLanguage")}
    </IconButton>
  );
}

const SCHEMES: readonly { value: Scheme; Icon: typeof SunIcon }[] = [
  { value: "light", Icon: SunIcon },
  { value: "dark", Icon: MoonIcon },
  { value: "auto", Icon: ScreenIcon },
];

function ThemeSwitch() {
  const { t } = useTranslation("shell");
  const [scheme, setScheme] = useScheme();
  const Current = SCHEMES.find((option) => option.value === scheme)?.Icon ?? ScreenIcon;
  return (
    <Menu position="bottom-end" width={150}>
      <Menu.Target>
        <IconButton label={t("theme")} className={css["wideOnly"]}>
          <Current />
        </IconButton>
      </Menu.Target>
      <Menu.Dropdown>
        {SCHEMES.map(({ value, Icon }) => (
          <Menu.Item key={value} leftSection={<Icon />} aria-current={value === scheme ? "true" : undefined} onClick={() => setScheme(value)}>
            {t(`theme_${value}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Looks like a field and opens the palette; an icon where there is no room. */
function CommandField() {
  const { t } = useTranslation("shell");
  return (
    <button type="button" className={css["command"]} aria-haspopup="dialog" aria-keyshortcuts="Control+K" onClick={openPalette} data-testid="command-field">
      <SearchIcon size={15} />
      <span>{t("commandField")}</span>
      <Keys keys="Ctrl+K" />
    </button>
  );
}

export function TopBar({ heading }: { heading: Heading }) {
  const { t } = useTranslation("shell");
  const access = useAccess();
  const trail = heading.trail ?? [];
  return (
    <header className={css["top"]}>
      {heading.back ? (
        <Link to={heading.back} aria-label={t("back")} className={css["back"]}>
          <BackIcon size={18} />
        </Link>
      ) : null}
      <div className={css["title"]}>
        {trail.length > 0 ? (
          <nav className={css["trail"]} aria-label={t("trail")}>
            {trail.map((crumb) => (
              <span key={crumb.to}>
                <Link to={crumb.to}>{crumb.label}</Link>
                <span className="muted" aria-hidden="true"> / </span>
              </span>
            ))}
          </nav>
        ) : null}
        <h1 title={heading.title}>{heading.title || "QuantGPT"}</h1>
      </div>
      <span className={css["space"]} />
      <CommandField />
      {access === "out" ? null : (
        <>
          <JobsChip />
          <MarketChip />
        </>
      )}
      <div className={css["person"]}>
        <LanguageSwitch />
        <ThemeSwitch />
        <UserMenu />
      </div>
    </header>
  );
}
