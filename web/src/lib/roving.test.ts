import { describe, expect, it } from "vitest";

import { rove, stopAt } from "./roving";

function press(row: HTMLElement, key: string, with_: Partial<KeyboardEventInit> = {}) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...with_ });
  row.addEventListener("keydown", (given) => rove(given as never), { once: true });
  document.activeElement?.dispatchEvent(event);
  return document.activeElement?.textContent;
}

describe("a row of buttons", () => {
  it("is gone through by arrows, round its ends, past what is disabled", () => {
    document.body.innerHTML = "<div><button>a</button><button disabled>b</button><button>c</button></div>";
    const row = document.body.querySelector("div") as HTMLElement;
    row.querySelector("button")?.focus();
    expect([press(row, "ArrowRight"), press(row, "ArrowRight"), press(row, "ArrowLeft"), press(row, "Home"), press(row, "End")]).toEqual(["c", "a", "c", "a", "c"]);
    expect([press(row, "x"), press(row, "ArrowLeft", { ctrlKey: true })]).toEqual(["c", "c"]);
  });

  it("is entered at what is chosen", () => {
    expect([stopAt([false, true, true]), stopAt([false, false]), stopAt([])]).toEqual([1, 0, 0]);
  });
});
