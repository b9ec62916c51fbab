import { act } from "react";
import { createRoot } from "react-dom/client";
import { describe, expect, it } from "vitest";

import { startLanguages } from "./i18n";
import en from "./refusal.en.json";
import { refusalOf, useRefusalText, type RefusalText } from "./refusal";
import zh from "./refusal.zh.json";

const failure = (status: number, part: object = {}) => ({ status, message: "还没有结果", offline: status === 0, retryAfterSeconds: null, facts: {}, ...part });

describe("the reason of a refusal", () => {
  it("goes by status and code", () => {
    expect([0, 400, 403, 404, 413, 429, 500, 503].map((status) => refusalOf(failure(status)).reason)).toEqual(["offline", "refused", "forbidden", "missing", "large", "often", "broken", "busy"]);
    expect(["admin_locked", "expired", "signed_out"].map((code) => refusalOf(failure(401, { facts: { code } })).reason)).toEqual(["adminLocked", "expired", "signedOut"]);
    expect(refusalOf(failure(503, { retryAfterSeconds: 4.2 }))).toMatchObject({ reason: "busyWait", seconds: 5 });
    expect(refusalOf(failure(503, { retryAfterSeconds: 5, facts: { code: "full" } }))).toMatchObject({ reason: "fullWait", seconds: 5 });
    expect(refusalOf(failure(429, { retryAfterSeconds: 0 }))).toMatchObject({ reason: "often", seconds: null });
    expect(refusalOf(new Error("x"))).toMatchObject({ reason: "refused", said: "x" });
    expect(refusalOf(undefined).reason).toBe("refused");
  });
});

describe("the words of a refusal", () => {
  async function said(language: "zh" | "en", what: unknown): Promise<RefusalText> {
    await startLanguages(language, { refusal: language === "en" ? en : zh });
    let text: RefusalText | null = null;
    function Probe() {
      text = useRefusalText()(what);
      return null;
    }
    const root = createRoot(document.createElement("div"));
    await act(async () => root.render(<Probe />));
    act(() => root.unmount());
    if (text === null) throw new Error("nothing was drawn");
    return text;
  }

  it("are the server's own where the page speaks Chinese, and never Chinese in place of English", async () => {
    const hinted = failure(400, { facts: { hint: "only finished runs can be compared" } });
    expect(await said("zh", hinted)).toEqual({ title: "还没有结果", text: "", foreign: "", foreignLanguage: "en" });
    expect(await said("en", hinted)).toEqual({ title: en.refused, text: "only finished runs can be compared", foreign: "还没有结果", foreignLanguage: "zh" });
    expect(await said("en", failure(503, { retryAfterSeconds: 3 }))).toEqual({ title: "All slots are taken or the server is busy; try again in about 3 s", text: en.busyWait_text, foreign: "", foreignLanguage: "zh" });
    expect(await said("zh", failure(404, { message: "Task not found" }))).toEqual({ title: zh.missing, text: "", foreign: "Task not found", foreignLanguage: "en" });
    expect(await said("en", failure(404, { message: "Task not found" }))).toMatchObject({ title: "Task not found", foreign: "" });
    expect(await said("en", failure(400, { facts: { english: "No result yet" } }))).toMatchObject({ title: "No result yet", foreign: "" });
    expect(await said("zh", failure(400, { facts: { english: "No result yet" } }))).toMatchObject({ title: "还没有结果", foreign: "" });
  });
});
