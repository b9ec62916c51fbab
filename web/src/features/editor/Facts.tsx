/** What the server says of the text without running it. While the text is broken, of its last valid version. */

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Description } from "@/api/expressions";
import { integer, MISSING, number } from "@/lib/format";
import { Term } from "@/ui/controls";

import css from "./Editor.module.css";

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
  readonly note: ReactNode;
}

/** The tiles that the check itself gives. */
export function useFacts(facts: Description | null): Fact[] {
  const { t } = useTranslation(["workbench", "mend"]);
  if (!facts) return ["warmup", "lookahead", "nodes", "unit", "similar"].map((name) => ({ name, value: MISSING, note: t("noFacts") }));
  const alike = facts.similar[0];
  const clash = (facts.notices ?? []).some((notice) => ["units_differ", "percent_and_fraction"].includes(notice.code));
  return [
    { name: "warmup", value: t("sessions", { count: facts.warmup ?? 0, value: integer(facts.warmup) }), note: t("warmupNote") },
    { name: "lookahead", value: integer(facts.lookahead), note: facts.lookahead === 0 ? t("safe") : t("unsafe") },
    { name: "nodes", value: `${integer(facts.nodes)} / 400`, note: t("depth", { value: integer(facts.depth), most: 40 }) },
    { name: "unit", value: facts.unit ? t(`mend:unit_${facts.unit}`, { defaultValue: facts.unit }) : MISSING, note: clash ? t("unitsMixed") : t("unitsFine") },
    alike
      ? { name: "similar", value: <span data-user-text="">{alike.name} · {number(alike.overlap, 2)}</span>, note: `${alike.kind === "kept" ? t("similarKept") : (alike.library ?? "")} · ${t(`similar_${alike.level}`)}` }
      : { name: "similar", value: t("similarNone"), note: t("similarNoneNote") },
  ];
}

export function FactTiles({ facts, stale }: { facts: readonly Fact[]; stale: boolean }) {
  const { t } = useTranslation("workbench");
  return (
    <dl className={css["facts"]} data-stale={stale ? "" : undefined} data-testid="facts" aria-label={t("facts")}>
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt><Term meaning={t(`${fact.name}_meaning`)}>{t(fact.name)}</Term></dt>
          <dd>
            <strong>{fact.value}</strong>
            <span>{fact.note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
