/** Where the sealed slice of a lineage stands, told from the looks at it and from the run that is shown. */

import type { Lineage, Opening } from "@/api/iterations";
import type { Bilingual } from "@/api/types";

/** What a result says of its slice. */
export interface SealedFacts {
  readonly state: "sealed" | "open" | "none";
  readonly first_day?: string;
  readonly last_day?: string;
  readonly sessions?: number | null;
  readonly reason?: Bilingual;
}

export type SealState = "sealed" | "opening" | "opened" | "failed" | "seen" | "none";

export interface Seal {
  readonly state: SealState;
  readonly first: string | null;
  readonly last: string | null;
  readonly sessions: number | null;
  /** The look that a choice made. */
  readonly opening: Opening | null;
  readonly refusals: number;
  /** Looks by plain runs of the same factor before it. */
  readonly looksBefore: number;
  readonly reason: Bilingual | null;
}

const SELECTION = "selection";

export function sealOf(lineage: Lineage | undefined, facts: SealedFacts | null | undefined): Seal | null {
  const openings = lineage?.openings ?? [];
  const chosen = openings.find((one) => one.reason === SELECTION && !one.refused) ?? null;
  if (chosen === null && !facts) return null;
  const at = chosen === null ? openings.length : openings.indexOf(chosen);
  const same = chosen === null ? [] : openings.slice(0, at).filter((one) => one.reason !== SELECTION && one.expression_hash === chosen.expression_hash);
  const state: SealState =
    chosen !== null ? (chosen.status === "completed" ? "opened" : chosen.status === "failed" ? "failed" : "opening") : facts?.state === "open" ? "seen" : (facts?.state ?? "none");
  return {
    state,
    first: chosen?.sealed_start ?? facts?.first_day ?? null,
    last: chosen?.sealed_end ?? facts?.last_day ?? null,
    sessions: facts?.sessions ?? null,
    opening: chosen,
    refusals: openings.filter((one) => one.refused).length,
    looksBefore: same.length,
    reason: facts?.reason ?? null,
  };
}

/** Whether the slice was opened for this factor. One factor can be written in several ways; where the hash is not at hand its text decides. */
export const isOpenedFor = ({ opening }: Pick<Seal, "opening">, factor: { readonly expression?: string | undefined; readonly expression_hash?: string | undefined }): boolean =>
  opening !== null && (factor.expression_hash === undefined ? opening.expression === factor.expression : opening.expression_hash === factor.expression_hash);

/** What choosing a factor does to the slice. */
export type Consequence = "opens" | "again" | "seen" | "same" | "refused" | "none";

export function consequenceOf(seal: Seal | null, factor: Parameters<typeof isOpenedFor>[1]): Consequence {
  if (seal === null || seal.state === "none") return "none";
  if (seal.opening === null) return seal.state === "seen" ? "seen" : "opens";
  if (!isOpenedFor(seal, factor)) return "refused";
  return seal.state === "failed" ? "again" : "same";
}
