import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Session } from "@/api/sessions";

import { ageOf, byAge } from "./history";
import { deletions, UNDO_MS } from "./deletions";

const session = (id: string, updated_at: string): Session => ({ id, name: id, created_at: updated_at, updated_at }) as Session;
const local = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

describe("the history of sessions", () => {
  const now = new Date(2026, 10, 20, 0, 30);

  it("counts days by the reader's midnight", () => {
    expect(ageOf(local(2026, 10, 20, 0, 5), now)).toBe("today");
    expect(ageOf(local(2026, 10, 19, 23, 59), now)).toBe("week");
    expect(ageOf(local(2026, 10, 13, 0, 0), now)).toBe("week");
    expect(ageOf(local(2026, 10, 12, 23, 59), now)).toBe("earlier");
  });

  it("shows a stamp from a clock ahead of ours, or none that can be read, as today", () => {
    expect(ageOf(local(2026, 10, 21, 9, 0), now)).toBe("today");
    expect(ageOf("nonsense", now)).toBe("today");
  });

  it("leaves empty groups out and puts the newest first", () => {
    const groups = byAge([session("a", local(2026, 9, 1, 8, 0)), session("b", local(2026, 10, 20, 0, 1)), session("c", local(2026, 10, 20, 0, 20))], now);
    expect(groups.map(({ age, sessions }) => [age, sessions.map(({ id }) => id)])).toEqual([["today", ["c", "b"]], ["earlier", ["a"]]]);
  });
});

describe("a deletion", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is carried out once its time for an undo has passed, once", async () => {
    const carryOut = vi.fn(() => Promise.resolve());
    deletions.begin("a", carryOut);
    deletions.begin("a", carryOut);
    expect(deletions.all()).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(UNDO_MS + 10);
    expect(carryOut).toHaveBeenCalledTimes(1);
    expect(deletions.all()).toEqual([]);
  });

  it("can be taken back", async () => {
    const carryOut = vi.fn(() => Promise.resolve());
    deletions.begin("a", carryOut);
    deletions.undo("a");
    await vi.advanceTimersByTimeAsync(UNDO_MS + 10);
    expect(carryOut).not.toHaveBeenCalled();
    expect(deletions.all()).toEqual([]);
  });

  it("does not wait longer than the page", () => {
    const carryOut = vi.fn(() => Promise.resolve());
    deletions.begin("a", carryOut);
    window.dispatchEvent(new Event("pagehide"));
    expect(carryOut).toHaveBeenCalledTimes(1);
    deletions.undo("a");
  });
});
