/** Keeps a failure of drawing inside its region. */

import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "./controls";
import { ErrorNote } from "./states";

function Fallen({ reason, retry }: { reason: string; retry: () => void }) {
  const { t } = useTranslation("ui");
  return (
    <div style={{ padding: 24 }}>
      <ErrorNote title={t("crashTitle")} actions={<Button small onClick={retry}>{t("retry")}</Button>} small={reason}>
        {t("crashText")}
      </ErrorNote>
    </div>
  );
}

export class Boundary extends Component<{ children: ReactNode }, { reason: string | null }> {
  override state = { reason: null as string | null };

  static getDerivedStateFromError(reason: unknown) {
    return { reason: reason instanceof Error ? reason.message : String(reason) };
  }

  override render() {
    if (this.state.reason === null) return this.props.children;
    return <Fallen reason={this.state.reason} retry={() => this.setState({ reason: null })} />;
  }
}
