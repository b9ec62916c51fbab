/** The dictionary: every figure with its formula, what it is computed from, and the convention behind it. */

import { useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { fit } from "@/lib/match";
import { METRIC_CHAPTERS, type MetricName } from "@/lib/metrics";
import { Empty } from "@/ui/states";

import css from "./Help.module.css";

const PREFIX = "metric-";

function Entry({ name, found }: { name: MetricName; found: boolean }) {
  const { t } = useTranslation(["help", "metrics"]);
  return (
    <article id={PREFIX + name} className={css["metric"]} data-found={found ? "" : undefined} aria-label={t(`metrics:${name}.name`)}>
      <h3>{t(`metrics:${name}.name`)}</h3>
      <p className={css["formula"]}>{t(`metrics:${name}.formula`)}</p>
      <dl>
        <dt>{t("metrics:inputsLabel")}</dt>
        <dd>{t(`metrics:${name}.inputs`)}</dd>
        <dt>{t("metrics:conventionLabel")}</dt>
        <dd>{t(`metrics:${name}.convention`)}</dd>
      </dl>
    </article>
  );
}

/** The part of the address behind "#" names one; the page goes there once it is drawn. */
function useLinked(): string {
  const hash = useRouterState({ select: (state) => state.location.hash });
  useEffect(() => {
    if (hash.startsWith(PREFIX)) document.getElementById(hash)?.scrollIntoView({ block: "center" });
  }, [hash]);
  return hash;
}

export function Metrics({ find }: { find: string }) {
  const { t } = useTranslation(["help", "metrics"]);
  const linked = useLinked();
  const chapters = Object.entries(METRIC_CHAPTERS)
    .map(([chapter, names]) => ({ chapter, names: (names as readonly MetricName[]).filter((name) => fit(find, t(`metrics:${name}.name`), `${name} ${t(`metrics:${name}.inputs`)} ${t(`metrics:${name}.convention`)}`) > 0.2) }))
    .filter(({ names }) => names.length > 0);
  if (chapters.length === 0) return <Empty title={t("notFound", { text: find })} height={240}>{t("notFoundText")}</Empty>;
  return (
    <div className={css["chapters"]}>
      {chapters.map(({ chapter, names }) => (
        <section key={chapter} aria-labelledby={`chapter-${chapter}`}>
          <h2 id={`chapter-${chapter}`}>{t(`chapter_${chapter}`)}</h2>
          <div className={css["metrics"]}>{names.map((name) => <Entry key={name} name={name} found={linked === PREFIX + name} />)}</div>
        </section>
      ))}
    </div>
  );
}
