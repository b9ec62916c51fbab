/** Choose runs to compare from the latest ones that finished. */

import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useChoices, type Choice } from "@/api/compare";
import { MOST_COMPARED } from "@/lib/compareSet";
import { score } from "@/lib/format";
import { moment } from "@/lib/moment";
import { Button, Grade } from "@/ui/controls";
import { Dialog } from "@/ui/Dialog";
import { SearchField } from "@/ui/SearchField";
import { DataView, Empty } from "@/ui/states";

import css from "./Compare.module.css";

/** Every word of the query is somewhere in the expression or the id. */
export function matching(choices: readonly Choice[], query: string): readonly Choice[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return choices.filter((choice) => words.every((word) => `${choice.expression} ${choice.id} ${choice.grade ?? ""}`.toLowerCase().includes(word)));
}

function Line({ choice, chosen, closed, onToggle }: { choice: Choice; chosen: boolean; closed: boolean; onToggle: () => void }) {
  const { t } = useTranslation("comparison");
  return (
    <li>
      <label className={css["choice"]} data-chosen={chosen ? "" : undefined}>
        <input type="checkbox" checked={chosen} disabled={closed} onChange={onToggle} />
        <code className={css["choiceText"]} title={choice.expression}>{choice.expression}</code>
        <span className={css["choiceNote"]}>
          {choice.candidate === null ? null : `${t("candidate", { number: choice.candidate + 1 })} · `}
          {moment(choice.finishedAt)}
        </span>
        <span className={css["choiceScore"]}>{score(choice.score)}</span>
        <Grade letter={choice.grade} size={22} />
      </label>
    </li>
  );
}

interface PickerProps {
  readonly open: boolean;
  readonly chosen: readonly string[];
  readonly onClose: () => void;
  readonly onChange: (ids: readonly string[]) => void;
}

export function Picker({ open, chosen, onClose, onChange }: PickerProps) {
  const { t } = useTranslation("comparison");
  const [query, setQuery] = useState("");
  const list = useChoices(open);
  const shown = useMemo(() => matching(list.data?.choices ?? [], query), [list.data, query]);
  const full = chosen.length >= MOST_COMPARED;
  const toggle = (id: string) => onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  return (
    <Dialog title={t("pickTitle")} open={open} onClose={onClose}>
      <div className={css["picker"]}>
        <SearchField label={t("pickSearch")} value={query} onChange={setQuery} autoFocus />
        <DataView of={list} height={240} isEmpty={(data) => data.choices.length === 0} empty={<Empty title={t("nothingToPick")} height={160}>{t("nothingToPickWhy")}</Empty>}>
          {(data) => (
            <>
              {shown.length === 0 ? <Empty title={t("noMatch")} height={120} action={<Button small onClick={() => setQuery("")}>{t("clearSearch")}</Button>} /> : null}
              <ul className={css["choices"]} tabIndex={0} aria-label={t("pickTitle")}>
                {shown.map((choice) => (
                  <Line key={choice.id} choice={choice} chosen={chosen.includes(choice.id)} closed={full && !chosen.includes(choice.id)} onToggle={() => toggle(choice.id)} />
                ))}
              </ul>
              {data.total > data.tasks ? <p className="muted">{t("onlyLatest", { count: data.tasks, total: data.total })}</p> : null}
            </>
          )}
        </DataView>
        <footer className={css["pickerFoot"]}>
          <span className="muted">{t("chosenOf", { count: chosen.length, most: MOST_COMPARED })}</span>
          <Button look="primary" small onClick={onClose}>{t("done")}</Button>
        </footer>
      </div>
    </Dialog>
  );
}
