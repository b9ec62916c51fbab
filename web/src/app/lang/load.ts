/** Words of one language, collected from every folder; each language is a chunk of its own. */

import type { Catalogue, Language } from "@/lib/i18n";

export async function loadWords(language: Language): Promise<Catalogue> {
  return language === "en" ? (await import("./en")).words : (await import("./zh")).words;
}
