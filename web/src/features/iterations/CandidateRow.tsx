/** One candidate: the change in words over its expression, how far it is, score, grade, and what can be done with it. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { Description } from "@/api/describe";
import type { Candidate } from "@/api/iterations";
import { compareSet } from "@/lib/compareSet";
import { interval, MISSING, number, score } from "@/lib/format";
import { toast } from "@/lib/toast";
import { pick } from "@/lib/i18n";
import { CodeLine } from "@/ui/Code";
import { Button, Grade, IconButton, MarkIcon, Tag } from "@/ui/controls";
import { CompareIcon } from "@/ui/icons";

import css from "./Iterations.module.css";
import { MiniRule } from "./MiniRule";

/** Why a candidate has no result, in our words where we have them. */
export function useReason() {
  const { t } = useTranslation("iterations");
  return (candidate: Candidate): string => {
    const { duplicate } = candidate;
    if (!duplicate) return t("failed", { reason: candidate.error || MISSING });
    const key = { form: "duplicateForm", structure: "duplicateStructure", values: "duplicateValues" }[duplicate.level] ?? "duplicateOther";
    return t(key, { degree: number(duplicate.degree, 3) });
  };
}

/** Characters of a change that still say it in few words; longer ones stand in the expression only. */
const LONGEST_CHANGE = 44;

interface CandidateRowProps {
  readonly task: string;
  readonly candidate: Candidate;
  readonly index: number;
  /** "#3.1"; null while the iteration runs, because the order is not final. */
  readonly name: string | null;
  /** What it changed about its parent. */
  readonly change: NonNullable<Description["diff"]> | null;
  readonly selected: boolean;
  readonly shown: boolean;
  readonly onSelect: () => void;
}

export function CandidateRow({ task, candidate, index, name, change, selected, shown, onSelect }: CandidateRowProps) {
  const { t, i18n } = useTranslation(["iterations", "strategies"]);
  const reasonOf = useReason();
  const compared = compareSet.useAll();
  const done = candidate.status === "success";
  const id = `${task}-${index}`;
  const inCompare = compared.includes(id);
  const [low, high] = candidate.score_ci95 ?? [null, null];
  const label = name ?? t("number");
  const said = pick(change, i18n.language);
  const changed = said !== "" && said.length <= LONGEST_CHANGE ? said : "";
  const compare = () => {
    if (!compareSet.toggle(id)) toast("warning", t("compareFull"));
  };
  return (
    <tr data-candidate={index} data-status={candidate.status} data-node-row={id} data-shown={shown ? "" : undefined} className={css["row"]}>
      <td className={css["number"]}>
        {name && done ? <Link to="/runs/$id" params={{ id: task }} search={{ candidate: index }} aria-label={t("openLabel", { name })}>{name}</Link> : (name ?? MISSING)}
      </td>
      <td className={css["change"]}>
        <span className={css["words"]} title={candidate.hypothesis ?? undefined}>
          <span className={css["kind"]}>{t(`strategies:${candidate.strategy ?? "none"}`, { defaultValue: candidate.strategy ?? t("strategies:none") })}</span>
          {changed ? <span className={css["diff"]}>{changed}</span> : null}
          {candidate.origin === "llm" ? <Tag>{t("byModel")}</Tag> : null}
        </span>
        <CodeLine text={candidate.expression} className={css["code"] ?? ""} />
      </td>
      {done ? (
        <>
          <td className={css["progress"]}><span className={css["tested"]}><MarkIcon mark="pass" size={14} /> {t("tested")}</span></td>
          <td className={css["score"]}>{score(candidate.score)}</td>
          <td className={css["rule"]}>
            {typeof candidate.score === "number" ? <MiniRule score={candidate.score} low={low} high={high} label={t("scoreLabel", { score: score(candidate.score), interval: interval(low, high) })} /> : null}
          </td>
          <td className={css["gradeCell"]}><Grade letter={candidate.grade} size={24} /></td>
          <td className={css["acts"]}>
            {name ? (
              <>
                <IconButton label={t(inCompare ? "comparedLabel" : "compareLabel", { name: label })} aria-pressed={inCompare} onClick={compare} data-testid="compare-add"><CompareIcon /></IconButton>
                {selected ? <Tag mark="pass">{t("selected")}</Tag> : <Button small onClick={onSelect} data-testid="select" aria-label={t("selectLabel", { name: label })}>{t("select")}</Button>}
              </>
            ) : null}
          </td>
        </>
      ) : (
        <td className={css["reason"]} colSpan={5} title={candidate.duplicate ? t("duplicateOf", { expression: candidate.duplicate.of }) : undefined}>{reasonOf(candidate)}</td>
      )}
    </tr>
  );
}
