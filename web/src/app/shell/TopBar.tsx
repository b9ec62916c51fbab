/** Title and crumbs on the left; jobs, market, language and theme on the right. */

import { Menu } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { switchLanguage, type Language } from "@/lib/i18n";
import { remembered } from "@/lib/storage";
import type { Heading } from "@/lib/title";
import { IconButton } from "@/ui/controls";
import { BackIcon, MoonIcon, ScreenIcon, SunIcon } from "@/ui/icons";
import { useScheme, type Scheme } from "@/ui/UiProvider";

import { loadWords } from "../lang/load";
import { JobsChip } from "./JobsChip";
import { MarketChip } from "./MarketChip";
import css from "./Shell.module.css";

function LanguageSwitch() {
  const { t, i18n } = useTranslation("shell");
  const other: Language = i18n.language === "en" ? "zh" : "en";
  const change = () => {
    void loadWords(other).then((words) => switchLanguage(other, words)).then(() => {
      remembered.setText("language", other);
      document.documentElement.lang = other === "en" ? "en" : "zh-CN";
    });
  };
  return (
    <IconButton label={t("switchLanguage")} lang={other === "en" ? "en" : "zh-CN"} onClick={change}>
      {t("otherLanguage")}
    </IconButton>
  );
}

function ThemeSwitch() {
  const { t } = useTranslation("shell");
  const [scheme, setScheme] = useScheme();
  const options: { value: Scheme; Icon: typeof SunIcon }[] = [
    { value: "light", Icon: SunIcon },
    { value: "dark", Icon: MoonIcon },
    { value: "auto", Icon: ScreenIcon },
  ];
  const Current = options.find((option) => option.value === scheme)?.Icon ?? ScreenIcon;
  return (
    <Menu position="bottom-end" width={150}>
      <Menu.Target>
        <IconButton label={t("theme")}>
          <Current />
        </IconButton>
      </Menu.Target>
      <Menu.Dropdown>
        {options.map(({ value, Icon }) => (
          <Menu.Item key={value} leftSection={<Icon />} aria-current={value === scheme ? "true" : undefined} onClick={() => setScheme(value)}>
            {t(`theme_${value}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function TopBar({ heading }: { heading: Heading }) {
  const { t } = useTranslation("shell");
  return (
    <header className={css["top"]}>
      {heading.back ? (
        <Link to={heading.back} aria-label={t("back")} style={{ display: "inline-flex", color: "var(--ink2)" }}>
          <BackIcon />
        </Link>
      ) : null}
      <div className={css["title"]}>
        {(heading.trail ?? []).map((crumb) => (
          <span key={crumb.to}>
            <Link to={crumb.to}>{crumb.label}</Link> <span className="muted">/</span>
          </span>
        ))}
        <h1>{heading.title || "QuantGPT"}</h1>
      </div>
      <span className={css["space"]} />
      <JobsChip />
      <MarketChip />
      <LanguageSwitch />
      <ThemeSwitch />
    </header>
  );
}
