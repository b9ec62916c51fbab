import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
const token = (seconds: number, mark: string) => `h.${btoa(JSON.stringify({ iat: 1000, exp: 1000 + seconds, mark }))}.s`;
const YOU = { id: "u1", email: "you@example.com" };

/** A server in which tokens die when they are told to. */
class Server {
  good = new Set<string>();
  refresh = "refresh-1";
  local = false;
  down = false;
  made = 0;
  seen: string[] = [];

  answer = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const request = input instanceof Request ? input : null;
    const path = new URL(request?.url ?? String(input), "http://localhost").pathname.replace("/api/v1", "");
    const headers = new Headers(request?.headers ?? init?.headers);
    const given = headers.get("Authorization")?.replace("Bearer ", "") ?? null;
    this.seen.push(`${path} ${given === null ? "-" : "token"}`);
    await Promise.resolve();
    if (this.down) throw new TypeError("down");
    if (path === "/auth/refresh") {
      const { refresh_token } = JSON.parse(request ? await request.text() : String(init?.body)) as { refresh_token: string };
      return refresh_token === this.refresh ? json({ access_token: this.issue() }) : json({ detail: "no" }, 401);
    }
    if (path === "/health") return json({ status: "ok" });
    if (given === null ? this.local : this.good.has(given)) return json({ path, id: "u1" });
    return json({ detail: "Token", code: "Unauthenticated" }, 401);
  };

  issue(seconds = 3600): string {
    this.made += 1;
    const made = token(seconds, `m${this.made}`);
    this.good.add(made);
    return made;
  }

  count = (line: string) => this.seen.filter((one) => one === line).length;
}

async function start() {
  vi.resetModules();
  const access = await import("./access");
  const client = await import("./client");
  return { ...access, ...client };
}

let server: Server;
beforeEach(() => {
  localStorage.clear();
  server = new Server();
  vi.stubGlobal("fetch", server.answer);
});
afterEach(() => vi.unstubAllGlobals());

describe("requests", () => {
  it("carry no token where none is asked for", async () => {
    server.local = true;
    const { answered, http, accessNow } = await start();
    await Promise.all([answered(http.GET("/api/v1/sessions")), answered(http.GET("/api/v1/market"))]);
    expect(server.seen).toEqual(["/auth/me -", "/sessions -", "/market -"]);
    expect(accessNow()).toBe("open");
  });

  it("stop at this page once it is known that a sign-in is needed, and pass after it", async () => {
    const { answered, http, accessNow, signedIn } = await start();
    const first = [answered(http.GET("/api/v1/sessions")), answered(http.GET("/api/v1/market"))];
    for (const one of first) await expect(one).rejects.toMatchObject({ status: 401, signedOut: true });
    expect(accessNow()).toBe("out");
    await expect(answered(http.POST("/api/v1/sessions", { body: {} }))).rejects.toMatchObject({ signedOut: true });
    expect(server.seen).toEqual(["/auth/me -"]);
    signedIn({ access: server.issue(), refresh: server.refresh }, YOU);
    await answered(http.GET("/api/v1/sessions"));
    expect(server.count("/sessions token")).toBe(1);
  });

  it("share one refresh and are all sent again, bodies included", async () => {
    const { answered, http, signedIn, accessNow } = await start();
    signedIn({ access: token(3600, "dead"), refresh: server.refresh }, YOU);
    const all = await Promise.all([answered(http.GET("/api/v1/sessions")), answered(http.POST("/api/v1/expressions/validate", { body: { expression: "close" } })), answered(http.GET("/api/v1/market"))]);
    expect(all).toHaveLength(3);
    expect(server.count("/auth/refresh -")).toBe(1);
    expect(accessNow()).toBe("in");
  });

  it("keep what was typed and say so when the refresh is refused; nothing more is sent", async () => {
    const { answered, http, signedIn, accessNow, personNow } = await start();
    signedIn({ access: token(3600, "dead"), refresh: "old" }, YOU);
    await expect(answered(http.GET("/api/v1/sessions"))).rejects.toMatchObject({ signedOut: true, facts: { code: "expired" } });
    expect(accessNow()).toBe("expired");
    expect(personNow()).toEqual(YOU);
    const sent = server.seen.length;
    await expect(answered(http.POST("/api/v1/feedback", { body: { description: "x" } }))).rejects.toMatchObject({ signedOut: true });
    expect(server.seen.length).toBe(sent);
  });

  it("are offline, not signed out, when the server is away during a refresh", async () => {
    const { answered, http, signedIn, accessNow } = await start();
    signedIn({ access: token(3600, "dead"), refresh: server.refresh }, YOU);
    const plain = server.answer;
    vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => (String(input instanceof Request ? input.url : input).includes("refresh") ? Promise.reject(new TypeError("down")) : plain(input, init)));
    await expect(answered(http.GET("/api/v1/sessions"))).rejects.toMatchObject({ offline: true });
    expect(accessNow()).toBe("in");
  });

  it("drop dead tokens on a server that asks nobody", async () => {
    server.local = true;
    const { answered, http, signedIn, accessNow } = await start();
    signedIn({ access: token(3600, "dead"), refresh: "old" }, YOU);
    await answered(http.GET("/api/v1/sessions"));
    expect(accessNow()).toBe("open");
  });

  it("exchange a token before it ends", async () => {
    vi.useFakeTimers();
    const { answered, http, signedIn } = await start();
    signedIn({ access: server.issue(100), refresh: server.refresh }, YOU);
    vi.advanceTimersByTime(95_000);
    await answered(http.GET("/api/v1/sessions"));
    vi.useRealTimers();
    expect(server.seen).toEqual(["/auth/refresh -", "/sessions token"]);
  });

  it("to what anybody may ask carry no token", async () => {
    const { answered, http, signedIn } = await start();
    signedIn({ access: server.issue(), refresh: server.refresh }, YOU);
    await answered(http.GET("/api/v1/health"));
    expect(server.seen).toEqual(["/health -"]);
  });
});

describe("two tabs", () => {
  const told = () => window.dispatchEvent(Object.assign(new Event("storage"), { key: "quantgpt.account", newValue: localStorage.getItem("quantgpt.account") }));

  it("use the token that the other one fetched", async () => {
    const { answered, http, signedIn } = await start();
    const dead = token(3600, "dead");
    signedIn({ access: dead, refresh: server.refresh }, YOU);
    // The other tab has refreshed; its message has not come yet.
    const kept = JSON.parse(localStorage.getItem("quantgpt.account") ?? "{}") as Record<string, unknown>;
    localStorage.setItem("quantgpt.account", JSON.stringify({ ...kept, tokens: { access: server.issue(), refresh: server.refresh } }));
    await answered(http.GET("/api/v1/sessions"));
    expect(server.count("/auth/refresh -")).toBe(0);
  });

  it("learn of a sign-in and a sign-out elsewhere", async () => {
    const { accessNow, signedIn, letIn } = await start();
    signedIn({ access: server.issue(), refresh: server.refresh }, YOU);
    const kept = localStorage.getItem("quantgpt.account") ?? "";
    localStorage.setItem("quantgpt.account", JSON.stringify({ ...(JSON.parse(kept) as object), tokens: null, access: "out" }));
    told();
    expect(accessNow()).toBe("out");
    let through = false;
    const waiting = letIn(new AbortController().signal).then(() => (through = true));
    await Promise.resolve();
    expect(through).toBe(false);
    localStorage.setItem("quantgpt.account", kept);
    told();
    await waiting;
    expect(accessNow()).toBe("in");
  });

  it("a sign-out during a refresh stays a sign-out", async () => {
    const { answered, http, signedIn, signedOut, accessNow } = await start();
    signedIn({ access: token(3600, "dead"), refresh: server.refresh }, YOU);
    const plain = server.answer;
    vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
      const answer = await plain(input, init);
      if (String(input).includes("refresh")) signedOut();
      return answer;
    });
    await expect(answered(http.GET("/api/v1/sessions"))).rejects.toMatchObject({ signedOut: true });
    expect(accessNow()).toBe("out");
    expect(JSON.parse(localStorage.getItem("quantgpt.account") ?? "{}")).toMatchObject({ tokens: null });
  });
});

it("a stream waits for the sign-in and goes on behind the last event", async () => {
  const { signedIn, accessNow } = await start();
  const { follow } = await import("./stream");
  signedIn({ access: token(3600, "dead"), refresh: "old" }, YOU);
  const task = (status: string) => ({ task_id: "a", status, params: {} });
  const plain = server.answer;
  const asked: (string | null)[] = [];
  vi.stubGlobal("fetch", (input: RequestInfo | URL, init?: RequestInit) => {
    const url = String(input instanceof Request ? input.url : input);
    const headers = new Headers(input instanceof Request ? input.headers : init?.headers);
    if (!url.includes("/tasks/") || !server.good.has(headers.get("Authorization")?.replace("Bearer ", "") ?? "")) return plain(input, init);
    if (!url.endsWith("/stream")) return Promise.resolve(json(task("completed")));
    asked.push(headers.get("Last-Event-ID"));
    const part = (id: number, status: string) => `id: ${id}\nevent: update\ndata: ${JSON.stringify(task(status))}\n\n`;
    if (asked.length === 1) server.good.clear();
    const text = asked.length === 1 ? part(4, "backtesting") : `${part(5, "completed")}event: done\ndata: {}\n\n`;
    return Promise.resolve(new Response(new Blob([text]).stream(), { headers: { "Content-Type": "text/event-stream" } }));
  });
  const seen: string[] = [];
  const done = follow("a", { onTask: (one) => seen.push(one.status), onLink: () => undefined }, new AbortController().signal);
  await vi.waitFor(() => expect(accessNow()).toBe("expired"));
  signedIn({ access: server.issue(), refresh: server.refresh }, YOU);
  await vi.waitFor(() => expect(seen).toContain("backtesting"));
  await vi.waitFor(() => expect(accessNow()).toBe("in"));
  await done;
  expect(asked).toEqual([null, "4"]);
  expect(seen[seen.length - 1]).toBe("completed");
});

it("another person finds nothing of the last one, who finds it again", async () => {
  const { signedIn, signedOut } = await start();
  const reload = vi.fn();
  vi.spyOn(window, "location", "get").mockReturnValue({ ...window.location, reload } as unknown as Location);
  signedIn({ access: server.issue(), refresh: server.refresh }, YOU);
  localStorage.setItem("quantgpt.draft", "mine");
  localStorage.setItem("quantgpt.theme", "dark");
  signedOut();
  signedIn({ access: server.issue(), refresh: server.refresh }, YOU);
  expect(localStorage.getItem("quantgpt.draft")).toBe("mine");
  signedIn({ access: server.issue(), refresh: server.refresh }, { id: "u2", email: "b@example.com" });
  expect(localStorage.getItem("quantgpt.draft")).toBeNull();
  expect(localStorage.getItem("quantgpt.theme")).toBe("dark");
  expect(reload).toHaveBeenCalledOnce();
  localStorage.setItem("quantgpt.draft", "of the second");
  signedOut();
  signedIn({ access: server.issue(), refresh: server.refresh }, YOU);
  expect(localStorage.getItem("quantgpt.draft")).toBe("mine");
  signedIn({ access: server.issue(), refresh: server.refresh }, { id: "u2", email: "b@example.com" });
  expect(localStorage.getItem("quantgpt.draft")).toBe("of the second");
  vi.restoreAllMocks();
});

describe("the administration", () => {
  it("needs the password once refused, and forgets one that no longer holds", async () => {
    const { answered, asAdmin } = await start();
    const { adminSignedIn } = await import("./adminDoor");
    await expect(answered(asAdmin.GET("/api/v1/admin/overview"))).rejects.toMatchObject({ adminLocked: true, signedOut: false });
    const before = server.seen.length;
    await expect(answered(asAdmin.GET("/api/v1/admin/overview"))).rejects.toMatchObject({ adminLocked: true });
    expect(server.seen.length).toBe(before);
    adminSignedIn(server.issue());
    await answered(asAdmin.GET("/api/v1/admin/overview"));
    server.good.clear();
    await expect(answered(asAdmin.GET("/api/v1/admin/overview"))).rejects.toMatchObject({ adminLocked: true });
    expect(localStorage.getItem("quantgpt.admin.token")).toBeNull();
  });

  it("never gets the token of a user", async () => {
    server.local = true;
    const { answered, asAdmin, signedIn } = await start();
    signedIn({ access: server.issue(), refresh: server.refresh }, YOU);
    await answered(asAdmin.GET("/api/v1/admin/overview"));
    expect(server.seen).toEqual(["/admin/overview -"]);
  });
});
