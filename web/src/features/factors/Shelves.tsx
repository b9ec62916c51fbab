/** The factors page: where to look on the left, the list in the middle, the chosen one on the right. */

import { useMemo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { KEPT, useLibraries, useLibrary, type LibraryHead } from "@/api/libraries";
import { useOperators, type Field, type Operator } from "@/api/operators";
import { integer } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { SearchField } from "@/ui/SearchField";
import { DataView } from "@/ui/states";

import type { FactorActions } from "./FactorDetail";
import css from "./Factors.module.css";
import { Library, without } from "./Library";
import { Sources, type Source } from "./Sources";
import { useView, type View } from "./useView";
import { Fields, Operators } from "./Vocabulary";

interface ShelvesProps extends Required<FactorActions> {
  readonly operatorDetail: (operator: Operator) => ReactNode;
  readonly fieldDetail: (field: Field) => ReactNode;
  /** Ids of factors that are about to be removed. */
  readonly hidden: readonly string[];
}

function useSources(from: string) {
  const { t, i18n } = useTranslation("shelves");
  const vocabulary = useOperators();
  const libraries = useLibraries();
  const categories = useMemo(() => new Map((libraries.data?.categories ?? []).map((one) => [one.name, pick(one, i18n.language)])), [libraries.data, i18n.language]);
  const groups = useMemo(() => {
    const words = vocabulary.data;
    const sourceOf = (one: LibraryHead): Source => ({
      id: one.name,
      label: pick(one, i18n.language),
      count: one.count,
      categories: one.categories.map((category) => ({ ...category, label: categories.get(category.name) ?? category.name })),
    });
    const heads = libraries.data?.libraries ?? [];
    return [
      {
        title: t("vocabulary"),
        sources: [
          {
            id: "operators",
            label: t("operators"),
            count: words?.operators.length ?? null,
            categories: (words?.categories ?? []).map((one) => ({ name: one.name, label: pick(one, i18n.language), count: words?.operators.filter((operator) => operator.category === one.name).length ?? 0 })),
          },
          { id: "fields", label: t("fields"), count: words ? words.fields.length + words.special.length : null, categories: [] },
        ],
      },
      { title: t("libraries"), sources: heads.filter((one) => one.name !== KEPT).map(sourceOf) },
      { title: t("mine"), sources: [heads.find((one) => one.name === KEPT)].flatMap((one) => (one ? [{ ...sourceOf(one), categories: [] }] : [])) },
    ].filter((group) => group.sources.length > 0);
  }, [vocabulary.data, libraries.data, categories, i18n.language, t]);
  const isLibrary = from !== "operators" && from !== "fields";
  return { vocabulary, libraries, categories, groups, isLibrary };
}

function About({ head }: { head: LibraryHead }) {
  const { t, i18n } = useTranslation("shelves");
  const note = pick({ zh: head.note_zh, en: head.note_en }, i18n.language);
  if (head.name === KEPT) return null;
  return (
    <details className={css["about"]} data-user-text="">
      <summary>{[head.source.split(", ")[0], t("stated", { count: head.count, value: integer(head.count) }), head.left_out > 0 ? t("leftOut", { count: head.left_out, value: integer(head.left_out) }) : ""].filter(Boolean).join(" · ")}</summary>
      <p>{head.source}</p>
      {note ? <p>{note}</p> : null}
    </details>
  );
}

function LibraryView({ view, head, categories, hidden, actions }: { view: View; head: LibraryHead | undefined; categories: ReadonlyMap<string, string>; hidden: readonly string[]; actions: Required<FactorActions> }) {
  const library = useLibrary(view.from);
  const kept = view.from === KEPT;
  return (
    <>
      {head ? <About head={head} /> : null}
      <DataView of={library} height={420}>
        {(shelf) => <Library shelf={without(shelf, hidden)} categories={categories} view={view} onRun={actions.onRun} onEdit={actions.onEdit} onKeep={kept ? undefined : actions.onKeep} onDrop={kept ? actions.onDrop : undefined} />}
      </DataView>
    </>
  );
}

export function Shelves({ operatorDetail, fieldDetail, hidden, ...actions }: ShelvesProps) {
  const { t } = useTranslation("shelves");
  const view = useView();
  const { vocabulary, libraries, categories, groups, isLibrary } = useSources(view.from);
  const current = groups.flatMap((group) => group.sources).find((source) => source.id === view.from);
  return (
    <div className={css["page"]}>
      <Sources groups={groups} from={view.from} category={view.category} onFrom={(from) => view.set({ from })} onCategory={(category) => view.set({ category })} />
      <div className={css["main"]}>
        <header className={css["head"]}>
          <h2>{current?.label ?? ""}</h2>
          <SearchField label={t("search", { where: current?.label ?? "" })} placeholder={t("searchHint")} value={view.query} onChange={(query) => view.set({ query })} />
        </header>
        {isLibrary ? (
          <LibraryView key={view.from} view={view} head={libraries.data?.libraries.find((one) => one.name === view.from)} categories={categories} hidden={hidden} actions={actions} />
        ) : (
          <DataView of={vocabulary} height={420}>
            {(words) => (view.from === "fields" ? <Fields words={words} view={view} detail={fieldDetail} /> : <Operators words={words} view={view} detail={operatorDetail} />)}
          </DataView>
        )}
      </div>
    </div>
  );
}
