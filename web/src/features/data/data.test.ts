import { describe, expect, it } from "vitest";

import type { Bars, Import, MemberHistory } from "@/api/dataTypes";
import { moment } from "@/lib/moment";
import { refusalOf as refusalTold } from "@/lib/refusal";

import { levelOf, percentText } from "./CoverageCard";
import { bytesOf, refusalOf } from "./files";
import { openOf, targetOf } from "./ImportCard";
import { asRefusal } from "./ImportState";
import { countsOf, marksOf, readingOf, rises, tailOf } from "./kline";
import { stepPoints } from "./MemberHistory";
import { latency } from "./SourcesCard";
import { startOf } from "./spans";

const t = (key: string) => key;

function bars(rows: readonly { open: number | null; close: number | null; change: number | null; suspended?: boolean; limit?: number }[]): Bars {
  const column = <T>(pick: (row: (typeof rows)[number], i: number) => T) => rows.map(pick);
  const nothing = column(() => null);
  return {
    market: "demo", snapshot: "abc", synthetic: true, code: "600000.SH", name: "x", kind: "stock", freq: "1d", adjust: "none", first_day: null, last_day: null, start: null, end: null, anchor: null, count: rows.length, notices: [],
    columns: {
      day: column((_, i) => `2024-01-0${i + 1}`), open: column((row) => row.open), close: column((row) => row.close), high: column((row) => row.close), low: column((row) => row.open),
      volume: nothing, amount: nothing, turn: nothing, pre_close: nothing, change: column((row) => row.change), suspended: column((row) => row.suspended ?? false), missing: column(() => false),
      limit_up: nothing, limit_down: nothing, at_limit: column((row) => row.limit ?? 0), st: column(() => null), sessions: column(() => 1),
    },
  };
}

describe("coverage", () => {
  it("never rounds a gap away", () => {
    expect([100, 99.999, 99.96, 99, 98.99, 87.3, 0].map(percentText)).toEqual(["100", "99.9", "99.9", "99", "98", "87", "0"]);
  });

  it("speaks of problems only: absent is not unknown", () => {
    const cell = (pct: number) => ({ pct, known: 1, of: 1, names: 0 });
    expect([cell(100), cell(99), cell(98.9), cell(90), cell(89.9), cell(0), null].map(levelOf)).toEqual(["quiet", "quiet", "less", "less", "low", "low", "absent"]);
  });
});

describe("a K-line", () => {
  const some = bars([{ open: 10, close: 11, change: 0.1, limit: 1 }, { open: null, close: null, change: null, suspended: true }, { open: 11, close: 10, change: 0.02 }, { open: 10, close: 10, change: -0.05 }]);

  it("rises by its own open and close, and by the day before where they are equal", () => {
    expect([0, 2, 3].map((i) => rises(some, i))).toEqual([true, false, false]);
  });

  it("says what is special about a bar and counts it", () => {
    expect(marksOf(some, 0, t)).toEqual(["atLimitUp"]);
    expect(marksOf(some, 1, t)).toEqual(["barSuspended"]);
    expect(countsOf(some)).toEqual({ suspended: 1, missing: 0, up: 1, down: 0 });
    expect(readingOf(some, 1, null, "en", t).map((line) => line.value)).toEqual(["—", "—", "—", "—", "—", "—", "—", "—", "barSuspended"]);
  });

  it("shows its last bars in a small card, every column cut alike", () => {
    const tail = tailOf(some, 2);
    expect(tail.count).toBe(2);
    for (const column of Object.values(tail.columns) as (readonly unknown[])[]) expect(column).toHaveLength(2);
    expect(tailOf(some, 9)).toBe(some);
  });

  it("reaches back by years, or as far as the server likes", () => {
    const now = new Date("2026-11-20T00:00:00Z");
    expect(startOf("year", now)).toBeUndefined();
    expect(startOf("three", now)).toBe("2023-01-01");
    expect(startOf("all", now)).toBe("1990-01-01");
  });
});

describe("members over time", () => {
  it("run on to the last day", () => {
    const step = (day: string, count: number) => ({ day, count, with_prices: count, added: [], removed: [] });
    const history = { steps: [step("2024-01-02", 300), step("2024-06-03", 299)], last_day: "2024-12-31" } as unknown as MemberHistory;
    expect(stepPoints(history)).toEqual({ days: ["2024-01-02", "2024-06-03", "2024-12-31"], counts: [300, 299, 299], priced: [300, 299, 299] });
    expect(stepPoints({ ...history, last_day: "2024-06-03" }).days).toHaveLength(2);
    expect(stepPoints({ ...history, steps: [] }).days).toEqual([]);
  });
});

describe("sources", () => {
  it("write times short", () => {
    expect(latency(182.4)).toBe("182\u00a0ms");
    expect(latency(3420)).toBe("3.4\u00a0s");
    expect(latency(null)).toBe("—");
    const now = new Date(2026, 10, 20, 12, 0);
    const stamp = new Date(2026, 10, 20, 9, 12).toISOString();
    expect(moment(stamp, now)).toBe("09:12");
    expect(moment(new Date(2026, 10, 19, 9, 12).toISOString(), now)).toBe("2026-11-19 09:12");
    expect(moment("rubbish", now)).toBe("—");
  });
});

describe("imports", () => {
  const limits = { files: 2, bytes: 1000, unpacked_bytes: 2000, open: 5, hours: 24 };
  const file = (size: number) => ({ file: { size } as File, path: "a.csv" });

  it("send nothing that would be refused", () => {
    expect(refusalOf([], limits)).toBe("none");
    expect(refusalOf([file(1), file(1), file(1)], limits)).toBe("count");
    expect(refusalOf([file(600), file(401)], limits)).toBe("bytes");
    expect(refusalOf([file(600), file(400)], limits)).toBeNull();
    expect(bytesOf([file(600), file(400)])).toBe(1000);
  });

  it("are shown unasked only while they can still be written", () => {
    const one = (id: string, state: string, can = true) => ({ id, state, preview: { can_commit: can } }) as unknown as Import;
    expect(openOf([one("a", "failed"), one("b", "refused"), one("c", "done"), one("d", "ready", false), one("e", "ready")])?.id).toBe("e");
    expect(openOf([one("a", "failed"), one("d", "ready", false)])).toBeUndefined();
    expect(openOf(undefined)).toBeUndefined();
  });

  it("say what their job says, in both languages where it has them", () => {
    expect(refusalTold(asRefusal({ detail: "磁盘满了", detail_en: "The disk is full", code: "DiskFull", hint: null }))).toMatchObject({ reason: "refused", said: "磁盘满了", english: "The disk is full" });
  });

  it("go to the market shown, but never into a made-up one", () => {
    expect(targetOf({ name: "mine", can_import: true })).toBe("mine");
    expect(targetOf({ name: "demo", can_import: false })).toBe("main");
    expect(targetOf(undefined)).toBe("main");
  });
});
