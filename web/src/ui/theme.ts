/** Mantine wears our tokens: its variables point at ours, its own palette is not used. */

import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

const inherit = Array.from({ length: 10 }, () => "var(--accent)") as unknown as MantineColorsTuple;

export const theme = createTheme({
  fontFamily: "var(--sans)",
  fontFamilyMonospace: "var(--mono)",
  colors: { accent: inherit },
  primaryColor: "accent",
  defaultRadius: 6,
  respectReducedMotion: true,
  cursorType: "pointer",
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "18px" },
  components: {
    Popover: { defaultProps: { shadow: "none", transitionProps: { duration: 120, transition: "fade" } } },
    Menu: { defaultProps: { shadow: "none", withInitialFocusPlaceholder: false, transitionProps: { duration: 120, transition: "fade" } } },
    Tooltip: { defaultProps: { transitionProps: { duration: 120, transition: "fade" } } },
    Modal: { defaultProps: { transitionProps: { duration: 120, transition: "fade" } } },
  },
});

const variables = {
  "--mantine-color-body": "var(--bg)",
  "--mantine-color-text": "var(--ink)",
  "--mantine-color-dimmed": "var(--ink3)",
  "--mantine-color-placeholder": "var(--ink3)",
  "--mantine-color-anchor": "var(--accent)",
  "--mantine-color-default": "var(--surface)",
  "--mantine-color-default-hover": "var(--hover)",
  "--mantine-color-default-color": "var(--ink)",
  "--mantine-color-default-border": "var(--line2)",
  "--mantine-color-error": "var(--error)",
  "--mantine-primary-color-filled": "var(--accent)",
  "--mantine-primary-color-contrast": "var(--on-accent)",
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: variables, dark: variables });
