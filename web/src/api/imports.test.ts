import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

/** Bodies that left, by the token they left with. */
let sent: (string | null)[] = [];

class Request2 {
  upload = {};
  status = 200;
  responseText = JSON.stringify({ id: "imp_1" });
  onload: () => void = () => undefined;
  private token: string | null = null;
  open() {}
  setRequestHeader(name: string, value: string) {
    if (name === "Authorization") this.token = value;
  }
  getResponseHeader() {
    return null;
  }
  send() {
    sent.push(this.token);
    queueMicrotask(this.onload);
  }
}

async function start(answers: (token: string | null) => number) {
  vi.resetModules();
  vi.stubGlobal("XMLHttpRequest", Request2);
  vi.stubGlobal("fetch", (request: Request) => Promise.resolve(json({ imports: [] }, answers(request.headers.get("Authorization")))));
  const { adminSignedIn } = await import("./adminDoor");
  const { sendFiles } = await import("./imports");
  return { adminSignedIn, send: () => sendFiles({ market: "main", files: [], onShare: () => undefined, signal: new AbortController().signal }) };
}

beforeEach(() => {
  localStorage.clear();
  sent = [];
});
afterEach(() => vi.unstubAllGlobals());

describe("files", () => {
  it("stay here when the password of the administration holds no more", async () => {
    const { adminSignedIn, send } = await start(() => 401);
    adminSignedIn("old");
    await expect(send()).rejects.toMatchObject({ adminLocked: true });
    expect(sent).toEqual([]);
  });

  it("leave once, without the stale token where none is needed any more", async () => {
    const { adminSignedIn, send } = await start((token) => (token === null ? 200 : 401));
    adminSignedIn("old");
    await expect(send()).resolves.toEqual({ id: "imp_1" });
    expect(sent).toEqual([null]);
  });

  it("leave once with the token that holds", async () => {
    const { adminSignedIn, send } = await start(() => 200);
    adminSignedIn("good");
    await expect(send()).resolves.toEqual({ id: "imp_1" });
    expect(sent).toEqual(["Bearer good"]);
  });
});
