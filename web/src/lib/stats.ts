/** Smoothing for the eye. Figures that are quoted come from the server. */

/** Mean of the last `window` places, missing ones left out; missing until the window is full or when half of it is missing. */
export function rollingMean(values: readonly (number | null)[], window: number): (number | null)[] {
  const out: (number | null)[] = [];
  for (let i = 0; i < values.length; i += 1) {
    if (i + 1 < window) {
      out.push(null);
      continue;
    }
    let sum = 0;
    let count = 0;
    for (let j = i - window + 1; j <= i; j += 1) {
      const value = values[j];
      if (value !== null && value !== undefined) {
        sum += value;
        count += 1;
      }
    }
    out.push(count * 2 >= window ? sum / count : null);
  }
  return out;
}

/** Height of a normal curve over bins of that width for `total` values. */
export function normalCounts(centres: readonly number[], mean: number, std: number, width: number, total: number): number[] {
  return centres.map((x) => (std > 0 ? (total * width * Math.exp(-0.5 * ((x - mean) / std) ** 2)) / (std * Math.sqrt(2 * Math.PI)) : 0));
}
