import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { useValidation, type LiveValidation } from "./queries";

let seen: LiveValidation | null = null;
let root: Root;

function Probe({ text, market }: { text: string; market?: string | undefined }) {
  seen = useValidation(text, market);
  return null;
}

const show = (text: string, market?: string) => act(() => root.render(<Probe text={text} market={market} />));
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

/** A server whose answers come after a delay that depends on the text. */
function server(delays: Record<string, number>): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const { expression } = (await request.json()) as { expression: string };
    asked.push(expression);
    await new Promise((resolve) => setTimeout(resolve, delays[expression] ?? 0));
    return new Response(JSON.stringify({ valid: !expression.includes("amt"), expression, warmup: 1 }), { headers: { "Content-Type": "application/json" } });
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
  expect(asked).toEqual(["ab"]);
  expect(seen?.now?.expression).toBe("ab");
});

it("drops an answer to a text that is no longer there", async () => {
  server({ slow: 500 });
  show("slow");
  await wait(160);
  show("fast");
  await wait(200);
  expect(seen?.now?.expression).toBe("fast");
  await wait(600);
  expect(seen?.now?.expression).toBe("fast");
});

it("keeps the last valid facts while the text is broken, and forgets them with the text", async () => {
  server({});
  show("close");
  await wait(200);
  show("amt");
  expect(seen?.now).toBeNull();
  await wait(200);
  expect(seen?.now?.valid).toBe(false);
  expect(seen?.lastValid?.expression).toBe("close");
  show("  ");
  expect(seen?.lastValid).toBeNull();
});

it("says when the server cannot be reached", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("down")));
  show("close");
  await wait(200);
  expect(seen?.failure?.offline).toBe(true);
});

it("asks about the market that is chosen, and anew when it changes", async () => {
  const markets: unknown[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    markets.push(((await request.json()) as { market?: string }).market);
    return new Response(JSON.stringify({ valid: true, expression: "close", warmup: 1 }), { headers: { "Content-Type": "application/json" } });
  });
  show("close", "demo");
  await wait(200);
  expect(seen?.now?.valid).toBe(true);
  show("close", "main");
  expect(seen?.now).toBeNull();
  await wait(200);
  expect(markets).toEqual(["demo", "main"]);
});
