/** What the shell itself offers to the palette and to the keyboard: the pages, language, theme, colours, the navigation. */

import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { useAccess } from "@/api/auth";
import { openFeedback } from "@/lib/feedback";
import { commands, type Command } from "@/lib/commands";
import { shortcuts, type Shortcut } from "@/lib/keys";
import { useLanguage } from "@/lib/language";
import { usePreference } from "@/lib/preference";
import { CONVENTIONS, useConvention } from "@/ui/convention";
import { MessageIcon, MoonIcon, SettingsIcon, SunIcon } from "@/ui/icons";
import { useScheme } from "@/ui/UiProvider";

import { openPalette } from "./palette";
import { FURTHER, goKeys, useNavigation } from "./useNavigation";

/** The keys of the first version, where the browser lets them through. */
const OLD_KEYS: Record<string, string> = { data: "Alt+D", models: "Alt+M", strategies: "Alt+S", workflows: "Alt+P", analysis: "Alt+E" };

function usePageEntries() {
  const { pages } = useNavigation();
  const { t } = useTranslation(["shell", ...[...pages, ...FURTHER].map((page) => page.id)]);
  const navigate = useNavigate();
  return useMemo(
    () =>
      [...pages, ...FURTHER].map((page) => {
        const Icon = page.nav?.icon;
        const name = t(page.nav ? "nav" : "title", { ns: page.id });
        const go = () => void navigate({ to: page.path } as never);
        const command: Command = { id: `page-${page.id}`, label: name, group: t("commands_pages"), words: `${page.id} ${t(`words_${page.id}`, { defaultValue: "" })}`, run: go, ...(goKeys(page) ? { keys: goKeys(page) } : {}), ...(Icon ? { icon: <Icon /> } : {}) } as Command;
        const label = t("goTo", { page: name });
        const keys: Shortcut[] = [
          ...(goKeys(page) ? [{ keys: goKeys(page) ?? "", label, run: go }] : []),
          ...(OLD_KEYS[page.id] ? [{ keys: OLD_KEYS[page.id] ?? "", label, run: go, whileTyping: true }] : []),
        ];
        return { command, keys };
      }),
    [pages, navigate, t],
  );
}

export function ShellCommands({ onFold }: { onFold: () => void }) {
  const { t } = useTranslation("shell");
  const pageEntries = usePageEntries();
  const access = useAccess();
  const [language, setLanguage] = useLanguage();
  const [scheme, setScheme] = useScheme();
  const [convention, setConvention] = useConvention();
  const [statusBar, setStatusBar] = usePreference("statusBar");
  const offered = useMemo<readonly Command[]>(() => {
    const group = t("commands_view");
    const other = language === "en" ? "zh" : "en";
    return [
      ...pageEntries.map(({ command }) => command),
      { id: "language", label: t("switchLanguage"), group, words: "language", icon: <SettingsIcon />, run: () => setLanguage(other) },
      ...(["light", "dark", "auto"] as const).filter((one) => one !== scheme).map((one) => ({ id: `theme-${one}`, label: t("themeTo", { theme: t(`theme_${one}`) }), group, words: `theme ${one}`, icon: one === "dark" ? <MoonIcon /> : <SunIcon />, run: () => setScheme(one) })),
      ...CONVENTIONS.filter((one) => one !== convention).map((one) => ({ id: `convention-${one}`, label: t("conventionTo", { convention: t(`convention_${one}`) }), group, words: `colour color ${one}`, icon: <SettingsIcon />, run: () => setConvention(one) })),
      { id: "status-bar", label: t(statusBar === "off" ? "statusBarOn" : "statusBarOff"), group, words: "status bar", icon: <SettingsIcon />, run: () => setStatusBar(statusBar === "off" ? null : "off") },
      { id: "fold", label: t("foldCommand"), group, words: "navigation fold", icon: <SettingsIcon />, run: onFold },
      ...(access === "in" || access === "open" ? [{ id: "feedback", label: t("feedback"), group, words: "feedback", icon: <MessageIcon />, run: () => openFeedback() }] : []),
    ];
  }, [t, pageEntries, language, setLanguage, scheme, setScheme, convention, setConvention, statusBar, setStatusBar, access, onFold]);
  const keys = useMemo<readonly Shortcut[]>(() => [{ keys: "Ctrl+K", label: t("commandField"), run: openPalette, whileTyping: true }, ...pageEntries.flatMap((entry) => entry.keys)], [t, pageEntries]);
  commands.useEntries(offered);
  shortcuts.useEntries(keys);
  return null;
}
