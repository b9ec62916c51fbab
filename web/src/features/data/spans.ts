/** How far back a K-line reaches. */

export type Span = "year" | "three" | "ten" | "all";
export const SPANS: readonly [Span, ...Span[]] = ["year", "three", "ten", "all"];

const YEARS: Record<Span, number | null> = { year: null, three: 3, ten: 10, all: 100 };

/** First day to ask for; undefined leaves it to the server (its latest 250 sessions). Years count back from the newest possible day. */
export function startOf(span: Span, today: Date = new Date()): string | undefined {
  const years = YEARS[span];
  if (years === null) return undefined;
  const first = Math.max(1990, today.getUTCFullYear() - years);
  return `${first}-01-01`;
}
