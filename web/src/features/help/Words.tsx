/** Operators and fields in one list each; the factors page has each of them in full. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useOperators } from "@/api/operators";
import { pick } from "@/lib/i18n";
import { fit } from "@/lib/match";
import { DataView, Empty } from "@/ui/states";

import css from "./Help.module.css";

interface Word {
  readonly name: string;
  readonly shown: string;
  readonly meaning: string;
  readonly note: string;
  readonly words: string;
}

function List({ title, from, words }: { title: string; from: string; words: readonly Word[] }) {
  if (words.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <dl className={css["words"]}>
        {words.map((word) => (
          <div key={word.name}>
            <dt><Link to="/factors" search={{ from, item: word.name } as never}><code>{word.shown}</code></Link></dt>
            <dd>
              {word.meaning}
              {word.note ? <span className="muted"> {word.note}</span> : null}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function Words({ find }: { find: string }) {
  const { t, i18n } = useTranslation("help");
  const query = useOperators();
  return (
    <DataView of={query} height={420}>
      {(vocabulary) => {
        const fits = (word: Word) => fit(find, word.shown, `${word.name} ${word.words}`) > 0.2;
        const operators = vocabulary.categories.map((category) => ({
          title: pick(category, i18n.language),
          words: vocabulary.operators
            .filter((one) => one.category === category.name)
            .map((one) => ({ name: one.name, shown: one.signature, meaning: pick(one, i18n.language), note: one.aliases.length > 0 ? t("alsoWritten", { names: one.aliases.join(t("listComma")) }) : "", words: `${one.zh} ${one.en} ${one.aliases.join(" ")}` }))
            .filter(fits),
        }));
        const fields = vocabulary.fields.map((one) => ({ name: one.name, shown: one.name, meaning: pick(one, i18n.language), note: "", words: `${one.zh} ${one.en}` })).filter(fits);
        if (operators.every((group) => group.words.length === 0) && fields.length === 0) return <Empty title={t("notFound", { text: find })} height={240}>{t("notFoundText")}</Empty>;
        return (
          <div className={css["chapters"]}>
            {operators.map((group) => <List key={group.title} title={group.title} from="operators" words={group.words} />)}
            <List title={t("fields")} from="fields" words={fields} />
          </div>
        );
      }}
    </DataView>
  );
}
