/** Everything the components below need around them. */

import { localStorageColorSchemeManager, MantineProvider, useMantineColorScheme } from "@mantine/core";
import type { ReactNode } from "react";

import "./base.css";
import "./mantine.css";
import { cssVariables, theme } from "./theme";

const schemes = localStorageColorSchemeManager({ key: "quantgpt.theme" });

export function UiProvider({ children }: { children: ReactNode }) {
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto" colorSchemeManager={schemes} deduplicateCssVariables>
      {children}
    </MantineProvider>
  );
}

export type Scheme = "light" | "dark" | "auto";

/** The chosen theme, and a way to choose another. */
export function useScheme(): readonly [Scheme, (scheme: Scheme) => void] {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return [colorScheme, setColorScheme] as const;
}
