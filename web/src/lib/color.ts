/** Colour arithmetic: mixing in OKLab for ramps, and the measures that the token test needs. */

export type Rgb = readonly [number, number, number];

export function parseHex(hex: string): Rgb {
  const text = hex.trim().replace("#", "");
  const full = text.length === 3 ? [...text].map((letter) => letter + letter).join("") : text;
  const value = Number.parseInt(full, 16);
  return [((value >> 16) & 255) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

export function toHex(rgb: Rgb): string {
  return `#${rgb
    .map((part) => Math.round(Math.min(1, Math.max(0, part)) * 255).toString(16).padStart(2, "0"))
    .join("")}`;
}

export const linear = (part: number) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
export const gamma = (part: number) => (part <= 0.0031308 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055);

function toOklab([r, g, b]: Rgb): Rgb {
  const [lr, lg, lb] = [linear(r), linear(g), linear(b)];
  const l = Math.cbrt(0.4122214708 * lr + 0.5363325363 * lg + 0.0514459929 * lb);
  const m = Math.cbrt(0.2119034982 * lr + 0.6806995451 * lg + 0.1073969566 * lb);
  const s = Math.cbrt(0.0883024619 * lr + 0.2817188376 * lg + 0.6299787005 * lb);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([light, a, b]: Rgb): Rgb {
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** `share` of the second colour in the first, in OKLab. */
export function mix(first: string, second: string, share: number): string {
  const [p, q] = [toOklab(parseHex(first)), toOklab(parseHex(second))];
  return toHex(fromOklab([p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share, p[2] + (q[2] - p[2]) * share]));
}

/** `count` colours along the stops, ends included. */
export function ramp(stops: readonly string[], count: number): string[] {
  const last = stops.length - 1;
  return Array.from({ length: count }, (_, i) => {
    const place = count === 1 ? last : (i / (count - 1)) * last;
    const left = Math.min(Math.floor(place), last - 1);
    const [from, to] = [stops[left] ?? "#000", stops[left + 1] ?? "#000"];
    const part = place - left;
    return part === 0 ? from : part === 1 ? to : mix(from, to, part);
  });
}

/** Diverging map: -1 first stop, 0 the ground, +1 last stop. */
export function diverging(ground: string, low: string, high: string, value: number, strength = 0.62): string {
  const size = Math.min(1, Math.abs(value)) * strength;
  return mix(ground, value < 0 ? low : high, size);
}
