/** The compared runs as chips in the order of their letters; each opens its result or leaves the comparison. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { MOST_COMPARED } from "@/lib/compareSet";
import { TextButton } from "@/ui/controls";
import { CrossIcon } from "@/ui/icons";
import { DemoMark, type MarketOf } from "@/ui/MarketMark";

import css from "./Compare.module.css";
import { letterOf, partsOf } from "./ids";
import { Letter } from "./Letter";

export interface Compared {
  readonly id: string;
  /** The expression, or what is known of the run before it is there. */
  readonly name: string;
  /** Its own market, once that is known. */
  readonly of?: MarketOf | undefined;
}

interface ChipsProps {
  readonly runs: readonly Compared[];
  readonly onRemove: (id: string) => void;
  readonly onAdd: () => void;
}

export function Chips({ runs, onRemove, onAdd }: ChipsProps) {
  const { t } = useTranslation("comparison");
  return (
    <ul className={css["chips"]} aria-label={t("chips")}>
      {runs.map((run, place) => {
        const { task, candidate } = partsOf(run.id);
        const more = candidate === null ? {} : { search: { candidate } };
        return (
          <li key={run.id} className={css["chip"]} data-compare={run.id}>
            <Letter place={place} />
            <Link to={"/runs/$id" as never} params={{ id: task } as never} {...(more as object)} className={css["chipName"]} title={run.name}>
              <bdi>{run.name}</bdi>
            </Link>
            {candidate === null ? null : <span className={css["chipNumber"]}>#{candidate + 1}</span>}
            {run.of?.synthetic ? <DemoMark of={run.of} short /> : run.of?.market ? <span className={css["chipNumber"]}>{run.of.market}</span> : null}
            <button type="button" className={css["chipOut"]} aria-label={t("remove", { letter: letterOf(place) })} onClick={() => onRemove(run.id)}>
              <CrossIcon size={12} />
            </button>
          </li>
        );
      })}
      {runs.length < MOST_COMPARED ? (
        <li>
          <TextButton className={css["add"] ?? ""} onClick={onAdd}>
            <span aria-hidden="true">+</span> {t("add")}
          </TextButton>
        </li>
      ) : (
        <li className="muted">{t("full", { most: MOST_COMPARED })}</li>
      )}
    </ul>
  );
}
