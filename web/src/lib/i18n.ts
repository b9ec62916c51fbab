/** Languages. Every folder owns its words in `<name>.zh.json` and `<name>.en.json`; the name is the namespace. */

import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export type Language = "zh" | "en";
export type Catalogue = Record<string, Record<string, unknown>>;

/** Namespace of a language file: "../pages/run.page.zh.json" → "run". */
export const namespaceOf = (path: string) => (path.split("/").pop() ?? path).replace(/(\.page)?\.(zh|en)\.json$/, "");

/** Turn the modules of a glob into a catalogue. */
export function catalogueOf(modules: Record<string, { default: Record<string, unknown> }>): Catalogue {
  return Object.fromEntries(Object.entries(modules).map(([path, module]) => [namespaceOf(path), module.default]));
}

export function currentLanguage(): Language {
  return i18next.language === "en" ? "en" : "zh";
}

/** Start with one language loaded; the other comes when asked for. */
export async function startLanguages(language: Language, catalogue: Catalogue): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: catalogue },
    defaultNS: "common",
    interpolation: { escapeValue: false },
    returnNull: false,
    react: { useSuspense: false },
  });
}

export async function switchLanguage(language: Language, catalogue: Catalogue): Promise<void> {
  for (const [namespace, words] of Object.entries(catalogue)) i18next.addResourceBundle(language, namespace, words, true, true);
  await i18next.changeLanguage(language);
}

/** Pick the text of the current language from a pair that the server sends. */
export function pick(pair: { zh?: string | null; en?: string | null } | null | undefined, language: string): string {
  if (!pair) return "";
  return (language.startsWith("en") ? (pair.en ?? pair.zh) : (pair.zh ?? pair.en)) ?? "";
}
