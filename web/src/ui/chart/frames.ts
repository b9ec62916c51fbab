/** One chart redraws per animation frame: panning many linked charts never blocks the page for long. */

const waiting = new Map<object, () => void>();
let asked = 0;

function next(): void {
  asked = 0;
  const first = waiting.entries().next();
  if (first.done) return;
  const [owner, work] = first.value;
  waiting.delete(owner);
  if (waiting.size > 0) asked = requestAnimationFrame(next);
  work();
}

/** Do this in a coming frame; newer work of the same owner takes the place of older. */
export function inTurn(owner: object, work: () => void): void {
  waiting.set(owner, work);
  if (asked === 0) asked = requestAnimationFrame(next);
}

export const forget = (owner: object) => void waiting.delete(owner);
