/** The language of the page and the way to the other one, whose words are fetched when they are asked for. */

import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import { switchLanguage, type Catalogue, type Language } from "./i18n";
import { remembered } from "./storage";
import { toast } from "./toast";

type Loader = (language: Language) => Promise<Catalogue>;

let load: Loader | null = null;

/** Said once by the app, which knows where the words of every part lie. */
export function provideWords(loader: Loader): void {
  load = loader;
}

export function useLanguage(): readonly [Language, (language: Language) => void] {
  const { t, i18n } = useTranslation("ui");
  const change = useCallback(
    (language: Language) => {
      if (!load) return;
      load(language)
        .then((words) => switchLanguage(language, words))
        .then(() => {
          remembered.setText("language", language);
          document.documentElement.lang = language === "en" ? "en" : "zh-CN";
        })
        .catch(() => toast("warning", t("languageFailed")));
    },
    [t],
  );
  return [i18n.language === "en" ? "en" : "zh", change] as const;
}
