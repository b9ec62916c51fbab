import type { ReactNode } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";

import { DemoMark, MarketMark } from "./MarketMark";

const shown = (node: ReactNode) => {
  const box = document.createElement("div");
  box.innerHTML = renderToStaticMarkup(node);
  return box;
};
const marks = (box: HTMLElement) => box.querySelectorAll("[data-testid=demo-mark]").length;

it("the market of a run stands there as the run names it, with the mark where its data was made up", () => {
  const box = shown(<MarketMark of={{ market: "demo", data_snapshot: "7537b533aa43", synthetic: true }} />);
  expect(box.textContent).toContain("demo@7537b5");
  expect(marks(box)).toBe(1);
});

it("a market of real data has no mark, and one that is not known is not made up", () => {
  const box = shown(<><MarketMark of={{ market: "main", synthetic: false }} /><MarketMark of={{}} /><DemoMark of={{ market: "demo" }} /></>);
  expect(box.textContent).toBe("main");
  expect(marks(box)).toBe(0);
});

it("where there is no room the mark wears the name of the market", () => {
  expect(shown(<DemoMark of={{ market: "demo", synthetic: true }} short />).querySelector("[aria-hidden]")?.textContent).toBe("demo");
});
