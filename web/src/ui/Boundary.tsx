/** Keeps a failure of drawing inside its region. */

import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "./controls";
import { ErrorNote } from "./states";

/** A part of the app that could not be fetched, in the words of the three browser families. It is never fetched twice by the same page. */
const NOT_FETCHED = /dynamically imported module|importing a module script|module script failed|Loading chunk/i;

function Fallen({ reason, retry }: { reason: string; retry: () => void }) {
  const { t } = useTranslation("ui");
  const absent = NOT_FETCHED.test(reason);
  return (
    <div style={{ padding: 24 }}>
      <ErrorNote
        title={t(absent ? "absentTitle" : "crashTitle")}
        actions={<Button small onClick={absent ? () => window.location.reload() : retry}>{t(absent ? "reload" : "retry")}</Button>}
        small={reason}
      >
        {t(absent ? "absentText" : "crashText")}
      </ErrorNote>
    </div>
  );
}

interface BoundaryProps {
  readonly children: ReactNode;
  /** What the region shows; another subject gets another chance. */
  readonly subject?: string;
}

interface BoundaryState {
  readonly reason: string | null;
  readonly subject: string | undefined;
}

export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { reason: null, subject: this.props.subject };

  static getDerivedStateFromError(reason: unknown) {
    return { reason: reason instanceof Error ? reason.message : String(reason) };
  }

  static getDerivedStateFromProps(props: BoundaryProps, state: BoundaryState) {
    return props.subject === state.subject ? null : { reason: null, subject: props.subject };
  }

  override render() {
    if (this.state.reason === null) return this.props.children;
    return <Fallen reason={this.state.reason} retry={() => this.setState({ reason: null })} />;
  }
}
