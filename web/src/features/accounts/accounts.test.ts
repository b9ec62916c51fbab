import { afterEach, describe, expect, it } from "vitest";

import { ApiError } from "@/api/client";

import { digitsOf, keepSent, sentBefore } from "./code";
import { adminFault, codeFault, sendFault, waitOf } from "./faults";

const fault = (status: number, facts = {}, wait: number | null = null, message = "x") => new ApiError(message, status, facts, wait);

describe("six digits", () => {
  it("are found in whatever is pasted", () => {
    expect(digitsOf(" 123 456 ")).toBe("123456");
    expect(digitsOf("Your QuantGPT code is 204816. It is valid")).toBe("204816");
    expect(digitsOf("１２３４５６")).toBe("123456");
    expect(digitsOf("12a")).toBe("12");
  });
});

describe("a code that is on its way", () => {
  afterEach(() => sessionStorage.clear());

  it("survives a reload while it is valid", () => {
    keepSent({ email: "a@example.com", expiresAt: 2000, resendAt: 1500 });
    expect(sentBefore(1999)?.email).toBe("a@example.com");
    expect(sentBefore(2000)).toBeNull();
    keepSent(null);
    expect(sentBefore(0)).toBeNull();
  });
});

describe("faults", () => {
  it("say what to do, by what the server says", () => {
    expect(sendFault(fault(0))).toEqual({ key: "offline" });
    expect(sendFault(fault(400))).toEqual({ key: "badEmail" });
    expect(sendFault(fault(429, {}, 41))).toEqual({ key: "tooSoon", wait: 41 });
    expect(sendFault(fault(503, { hint: "set SMTP_HOST, SMTP_USER" }))).toEqual({ key: "noMail" });
    expect(sendFault(fault(503))).toEqual({ key: "mailFailed" });
    expect(codeFault(fault(400, { code: "WrongCode" }, null, "还可尝试 3 次"))).toEqual({ key: "wrongCode", count: 3 });
    expect(codeFault(fault(400, { code: "CodeGone" }))).toEqual({ key: "codeGone" });
    expect(codeFault(fault(429, {}, 37))).toEqual({ key: "locked", wait: 37 });
    expect(codeFault(fault(429, {}, 1))).toEqual({ key: "lockedNow" });
    expect(codeFault(fault(401))).toEqual({ key: "shutOut" });
    expect(codeFault(fault(500, {}, null, "boom"))).toMatchObject({ key: "failed", refused: { message: "boom" } });
    expect(adminFault(fault(401))).toEqual({ key: "adminWrong" });
    expect(adminFault(fault(503))).toEqual({ key: "adminUnset" });
  });

  it("name waits in the unit a person waits in", () => {
    expect([0.2, 60, 121, 3600, 7201, 86_400].map((seconds) => Object.values(waitOf(seconds)).join(" "))).toEqual(["wait_seconds 1", "wait_seconds 60", "wait_minutes 3", "wait_minutes 60", "wait_hours 3", "wait_hours 24"]);
  });
});
