import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { useDescription, type Dialect, type LiveDescription } from "./expressions";

let seen: LiveDescription | null = null;
let root: Root;

function Probe({ text, dialect, market }: { text: string; dialect: Dialect; market: string | undefined }) {
  seen = useDescription(text, dialect, market);
  return null;
}

const show = (text: string, dialect: Dialect = "quantgpt", market?: string) => act(() => root.render(<Probe text={text} dialect={dialect} market={market} />));
const wait = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

beforeEach(() => {
  vi.useFakeTimers();
  root = createRoot(document.body.appendChild(document.createElement("div")));
});

afterEach(() => {
  act(() => root.unmount());
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A server whose answers come after a delay that depends on the text, whatever becomes of the request. */
function server(delays: Record<string, number>): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const { expression, dialect, market } = (await request.json()) as { expression: string; dialect: string; market?: string };
    asked.push(`${dialect}:${expression}${market === undefined ? "" : `@${market}`}`);
    await new Promise((resolve) => setTimeout(resolve, delays[expression] ?? 0));
    return new Response(JSON.stringify({ valid: !expression.includes("amt"), expression, dialect }), { headers: { "Content-Type": "application/json" } });
  });
  return asked;
}

it("asks once, 150 ms after the last key", async () => {
  const asked = server({});
  show("a");
  await wait(100);
  show("ab");
  await wait(100);
  expect(asked).toEqual([]);
  await wait(100);
  expect(asked).toEqual(["quantgpt:ab"]);
  expect(seen?.now?.expression).toBe("ab");
});

it("drops an answer to another text or in another dialect", async () => {
  server({ slow: 500 });
  show("slow");
  await wait(160);
  show("fast");
  await wait(1000);
  expect(seen?.now?.expression).toBe("fast");
  show("fast", "qlib");
  expect(seen?.now).toBeNull();
  await wait(200);
  expect(seen?.now?.dialect).toBe("qlib");
});

it("asks about the chosen market, and again when another is chosen", async () => {
  const asked = server({});
  show("close", "quantgpt", "mine");
  await wait(200);
  expect(seen?.now?.expression).toBe("close");
  show("close", "quantgpt", "demo");
  expect(seen?.now).toBeNull();
  await wait(200);
  expect(asked).toEqual(["quantgpt:close@mine", "quantgpt:close@demo"]);
});

it("keeps the last valid facts while the text is broken, and forgets them with the text", async () => {
  server({});
  show("close");
  await wait(200);
  show("amt");
  await wait(200);
  expect(seen?.now?.valid).toBe(false);
  expect(seen?.lastValid?.expression).toBe("close");
  show(" \n");
  expect(seen?.lastValid).toBeNull();
  expect(seen?.now).toBeNull();
});

it("says when the server cannot be reached, and recovers by itself", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("down")));
  show("close");
  await wait(200);
  expect(seen?.failure?.offline).toBe(true);
  server({});
  await wait(4100);
  await wait(200);
  expect(seen?.failure).toBeNull();
  expect(seen?.now?.valid).toBe(true);
});
