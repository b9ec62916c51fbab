import { describe, expect, it } from "vitest";

import type { Lineage, Opening } from "@/api/iterations";

import { consequenceOf, isOpenedFor, sealOf, type SealedFacts } from "./seal";

const facts: SealedFacts = { state: "sealed", first_day: "2024-10-09", last_day: "2025-12-31", sessions: 303 };
const look = (over: Partial<Opening>) => ({ id: 1, reason: "selection", refused: false, status: "completed", expression: over.expression ?? "a", expression_hash: `hash of ${over.expression ?? "a"}`, sealed_start: "2024-10-09", sealed_end: "2025-12-31", ...over }) as Opening;
const lineage = (...openings: Opening[]) => ({ openings }) as unknown as Lineage;

describe("the sealed slice of a lineage", () => {
  it("is as the result says while nobody has looked", () => {
    expect(sealOf(lineage(), facts)).toMatchObject({ state: "sealed", first: "2024-10-09", sessions: 303, opening: null });
    expect(sealOf(undefined, { state: "none", reason: { zh: "太短", en: "short" } })).toMatchObject({ state: "none", reason: { en: "short" } });
    expect(sealOf(undefined, { state: "open" })?.state).toBe("seen");
    expect(sealOf(undefined, undefined)).toBeNull();
  });

  it("is open from the first choice on, with the later refusals counted", () => {
    const seal = sealOf(lineage(look({}), look({ refused: true, expression: "b", status: "refused" }), look({ refused: true, expression: "c", status: "refused" })), facts);
    expect(seal).toMatchObject({ state: "opened", refusals: 2, looksBefore: 0 });
    expect(seal?.opening?.expression).toBe("a");
  });

  it("is neither open nor sealed while the test runs or after it broke off", () => {
    expect(sealOf(lineage(look({ status: "backtesting" })), facts)?.state).toBe("opening");
    expect(sealOf(lineage(look({ status: "failed" })), facts)?.state).toBe("failed");
  });

  it("counts the plain runs of the same factor before the choice", () => {
    expect(sealOf(lineage(look({ reason: "plain_run", status: "seen" }), look({ reason: "plain_run", status: "seen", expression: "z" }), look({})), facts)?.looksBefore).toBe(1);
  });

  it("belongs to a factor however it is written", () => {
    const seal = sealOf(lineage(look({ expression: "rank( a )", expression_hash: "h1" })), facts);
    expect(seal && isOpenedFor(seal, { expression: "rank(a)", expression_hash: "h1" })).toBe(true);
    expect(seal && isOpenedFor(seal, { expression: "rank( a )", expression_hash: "h2" })).toBe(false);
    expect(seal && isOpenedFor(seal, { expression: "rank( a )" })).toBe(true);
  });

  it("says before a choice what the choice will do", () => {
    const factor = { expression: "a", expression_hash: "hash of a" };
    const other = { expression: "b", expression_hash: "hash of b" };
    expect(consequenceOf(sealOf(lineage(), facts), factor)).toBe("opens");
    expect(consequenceOf(sealOf(lineage(), { ...facts, state: "open" }), factor)).toBe("seen");
    expect(consequenceOf(sealOf(lineage(look({})), facts), factor)).toBe("same");
    expect(consequenceOf(sealOf(lineage(look({})), facts), other)).toBe("refused");
    expect(consequenceOf(sealOf(lineage(look({ status: "failed" })), facts), factor)).toBe("again");
    expect(consequenceOf(sealOf(undefined, { state: "none" }), factor)).toBe("none");
    expect(consequenceOf(null, factor)).toBe("none");
  });
});
