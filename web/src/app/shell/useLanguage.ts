/** The language of the page and the way to the other one, whose words are fetched when they are asked for. */

import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { currentLanguage, switchLanguage, type Language } from "@/lib/i18n";
import { remembered } from "@/lib/storage";
import { toast } from "@/lib/toast";

import { loadWords } from "../lang/load";

export function useLanguage(): readonly [Language, (language: Language) => void] {
  const { t } = useTranslation("shell");
  const change = useCallback((language: Language) => {
    loadWords(language)
      .then((words) => switchLanguage(language, words))
      .then(() => {
        remembered.setText("language", language);
        document.documentElement.lang = language === "en" ? "en" : "zh-CN";
      })
      .catch(() => toast("warning", t("languageFailed")));
  }, [t]);
  return [currentLanguage(), change] as const;
}
