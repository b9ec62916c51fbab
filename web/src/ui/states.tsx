/** The four states of every view: loading, empty, error, data. And the amber strip for what is degraded. */

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useRefusalText } from "@/lib/refusal";

import { Button } from "./controls";
import { CrossIcon, InfoIcon, WarnIcon } from "./icons";
import css from "./states.module.css";

export function Skeleton({ width = "100%", height = 14 }: { width?: number | string; height?: number | string }) {
  return <div className={css["skeleton"]} style={{ width, height }} aria-hidden="true" />;
}

/** Blocks with the final height; nothing is seen before 200 ms. */
export function Loading({ height = 120 }: { height?: number }) {
  const { t } = useTranslation("ui");
  return (
    <div className={css["stack"]} style={{ minHeight: height }} role="status" aria-label={t("loading")}>
      <Skeleton width="36%" height={16} />
      <Skeleton width="82%" height={10} />
      <Skeleton height={Math.max(24, height - 60)} />
    </div>
  );
}

export function Empty({ title, children, action, height }: { title: string; children?: ReactNode; action?: ReactNode; height?: number }) {
  return (
    <div className={css["empty"]} style={{ minHeight: height }}>
      <strong>{title}</strong>
      {children ? <p>{children}</p> : null}
      {action}
    </div>
  );
}

interface ErrorNoteProps {
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly small?: ReactNode;
}

export function ErrorNote({ title, children, actions, small }: ErrorNoteProps) {
  return (
    <div className={css["error"]} role="alert">
      <CrossIcon />
      <div>
        <p className={css["errorTitle"]}>{title}</p>
        {children ? <div className={css["errorText"]}>{children}</div> : null}
        {actions ? <div className={css["actions"]}>{actions}</div> : null}
        {small ? <p className={`${css["errorText"]} muted`}>{small}</p> : null}
      </div>
    </div>
  );
}

export function Strip({ children, action, calm = false }: { children: ReactNode; action?: ReactNode; calm?: boolean }) {
  return (
    <div className={css["strip"]} role="status">
      {calm ? <InfoIcon /> : <WarnIcon />}
      <div>{children}</div>
      {action}
    </div>
  );
}

/** What a query looks like from here; TanStack's results fit. */
export interface Loadable<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

interface DataViewProps<T> {
  readonly of: Loadable<T>;
  readonly height?: number;
  readonly isEmpty?: (data: T) => boolean;
  readonly empty?: ReactNode;
  readonly children: (data: T) => ReactNode;
}

function Failed({ failure, onRetry }: { failure: Error; onRetry: () => void }) {
  const { t } = useTranslation("ui");
  const offline = (failure as { offline?: boolean }).offline === true;
  const said = useRefusalText()(failure);
  return (
    <ErrorNote
      title={offline ? t("offlineTitle") : said.title}
      actions={<Button small onClick={onRetry}>{t("retry")}</Button>}
      small={said.foreign ? <span lang={said.foreignLanguage} data-user-text="">{said.foreign}</span> : undefined}
    >
      {offline ? t("offlineText") : said.text}
    </ErrorNote>
  );
}

/** Old data stays while newer data loads; an error without data says what failed and offers a retry. */
export function DataView<T>({ of, height = 200, isEmpty, empty, children }: DataViewProps<T>) {
  const { t } = useTranslation("ui");
  if (of.data !== undefined) return isEmpty?.(of.data) ? <>{empty ?? <Empty title={t("noRows")} height={height} />}</> : <>{children(of.data)}</>;
  if (of.error) return <Failed failure={of.error} onRetry={() => void of.refetch()} />;
  return <Loading height={height} />;
}
