/** What the server says of the text without running it. While the text is broken, of its last valid version. */

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Description, SimilarFactor } from "@/api/expressions";
import { KEPT, useLibraries } from "@/api/libraries";
import { integer, MISSING, number } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { Term } from "@/ui/controls";

import css from "./Editor.module.css";
import { MOST_DEPTH, MOST_NODES } from "./limits";

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
  readonly note: ReactNode;
}

/** The most alike factor, with the way to it. */
function Alike({ factor }: { factor: SimilarFactor }) {
  const search = factor.kind === "kept" ? { from: KEPT, item: factor.id ?? undefined } : { from: factor.library ?? undefined, item: factor.name };
  return (
    <>
      <Link to="/factors" search={search as never} data-user-text="">{factor.name}</Link> · {number(factor.overlap, 2)}
    </>
  );
}

/** The tiles that the check itself gives. */
export function useFacts(facts: Description | null): Fact[] {
  const { t, i18n } = useTranslation(["workbench", "mend"]);
  const libraries = useLibraries();
  if (!facts) return ["warmup", "lookahead", "nodes", "unit", "similar"].map((name) => ({ name, value: MISSING, note: t("noFacts") }));
  const alike = facts.similar[0];
  const shelf = alike?.kind === "kept" ? t("similarKept") : pick(libraries.data?.libraries.find((one) => one.name === alike?.library), i18n.language) || (alike?.library ?? "");
  const clash = (facts.notices ?? []).some((notice) => ["units_differ", "percent_and_fraction"].includes(notice.code));
  return [
    { name: "warmup", value: t("sessions", { count: facts.warmup ?? 0, value: integer(facts.warmup) }), note: t("warmupNote") },
    { name: "lookahead", value: integer(facts.lookahead), note: facts.lookahead === 0 ? t("safe") : t("unsafe") },
    { name: "nodes", value: `${integer(facts.nodes)} / ${integer(MOST_NODES)}`, note: t("depth", { value: integer(facts.depth), most: MOST_DEPTH }) },
    { name: "unit", value: facts.unit ? t(`mend:unit_${facts.unit}`, { defaultValue: facts.unit }) : MISSING, note: clash ? t("unitsMixed") : t("unitsFine") },
    alike
      ? { name: "similar", value: <Alike factor={alike} />, note: `${shelf} · ${t(`similar_${alike.level}`)}` }
      : { name: "similar", value: t("similarNone"), note: t("similarNoneNote") },
  ];
}

export function FactTiles({ facts, stale }: { facts: readonly Fact[]; stale: boolean }) {
  const { t } = useTranslation("workbench");
  return (
    <dl className={css["facts"]} data-stale={stale ? "" : undefined} data-testid="facts" aria-label={t("facts")}>
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt><Term meaning={t(`${fact.name}_meaning`, { nodes: integer(MOST_NODES), depth: MOST_DEPTH })}>{t(fact.name)}</Term></dt>
          <dd>
            <strong>{fact.value}</strong>
            <span>{fact.note}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
