/** Entry: language first, so that the first paint has words; then the app. */

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { startLanguages, type Language } from "@/lib/i18n";
import { loadAhead } from "@/lib/lazy";
import { remembered } from "@/lib/storage";

import { App } from "./App";
import { loadWords } from "./lang/load";

async function start(): Promise<void> {
  const language: Language = remembered.text("language") === "en" ? "en" : "zh";
  await startLanguages(language, await loadWords(language));
  const root = document.getElementById("root");
  if (root) {
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    );
  }
}

/** The first page has the line to itself for this long. */
const SETTLED_MS = 300;

void start().then(() => setTimeout(() => void loadAhead(), SETTLED_MS));
