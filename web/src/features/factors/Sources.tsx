/** Where to look: the vocabulary, the libraries, one's own factors; below the chosen one its categories. */

import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { integer } from "@/lib/format";

import css from "./Factors.module.css";

export interface Source {
  readonly id: string;
  readonly label: string;
  readonly count: number | null;
  readonly categories: readonly { readonly name: string; readonly label: string; readonly count: number }[];
}

interface SourcesProps {
  readonly groups: readonly { readonly title: string; readonly sources: readonly Source[] }[];
  readonly from: string;
  readonly category: string | undefined;
  readonly onFrom: (id: string) => void;
  readonly onCategory: (name: string | undefined) => void;
}

export function Sources({ groups, from, category, onFrom, onCategory }: SourcesProps) {
  const { t } = useTranslation("shelves");
  const box = useRef<HTMLElement>(null);
  const known = groups.flatMap((group) => group.sources).some((source) => source.id === from);
  // On phones the row scrolls sideways: the chosen one comes into sight, and nothing else moves.
  useEffect(() => {
    const row = box.current;
    const chosen = row?.querySelector<HTMLElement>(":scope [data-source][data-on]");
    if (row && chosen && row.scrollWidth > row.clientWidth) row.scrollLeft = chosen.getBoundingClientRect().left - row.getBoundingClientRect().left + row.scrollLeft - 40;
  }, [from, known]);
  return (
    <nav ref={box} className={css["sources"]} aria-label={t("sources")}>
      {groups.map((group) => (
        <section key={group.title} aria-label={group.title}>
          <h2>{group.title}</h2>
          <ul>
            {group.sources.map((source) => (
              <li key={source.id}>
                <button type="button" data-source={source.id} aria-current={source.id === from && category === undefined ? "true" : undefined} data-on={source.id === from ? "" : undefined} onClick={() => (source.id === from ? onCategory(undefined) : onFrom(source.id))}>
                  <span>{source.label}</span>
                  <span className={css["count"]}>{source.count === null ? "" : integer(source.count)}</span>
                </button>
                {source.id === from && source.categories.length > 1 ? (
                  <ul className={css["categories"]}>
                    {source.categories.map((one) => (
                      <li key={one.name}>
                        <button type="button" data-category={one.name} aria-current={one.name === category ? "true" : undefined} data-on={one.name === category ? "" : undefined} onClick={() => onCategory(one.name === category ? undefined : one.name)}>
                          <span>{one.label}</span>
                          <span className={css["count"]}>{integer(one.count)}</span>
                        </button>
                      </li>
                    ))}
                  </ul>
                ) : null}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}
