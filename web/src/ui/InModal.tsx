/** Pop-ups of what stands in a modal open inside it; anywhere else they would lie beneath it and could not be reached. */

import { MantineThemeProvider } from "@mantine/core";
import { useMemo, type ReactNode } from "react";

/** `modal` is the `data-modal` of the dialog element. */
export function InModal({ modal, children }: { modal: string; children: ReactNode }) {
  const theme = useMemo(() => ({ components: { Portal: { defaultProps: { target: `[data-modal="${modal}"]` } } } }), [modal]);
  return (
    <MantineThemeProvider theme={theme} inherit>
      {children}
    </MantineThemeProvider>
  );
}
