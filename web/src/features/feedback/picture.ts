/** A screenshot with parts covered, as a PNG small enough to send. */

/** A covered part, in shares of the picture: 0…1 from its left and upper edge. */
export interface Mask {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Characters of base64 text that the server takes, with room for the words before them. */
export const MOST_CHARACTERS = 5 * 1024 * 1024 - 64;
const LONGEST_SIDE = 2560;
const SHRINK = 0.75;
const SMALLEST_SIDE = 320;
/** Covers narrower than this share of the picture are slips of the hand. */
export const SMALLEST_MASK = 0.01;

const within = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** The cover between two corners, cut at the edges of the picture; null for a slip of the hand. */
export function maskBetween(a: { x: number; y: number }, b: { x: number; y: number }): Mask | null {
  const [left, right] = [within(Math.min(a.x, b.x), 0, 1), within(Math.max(a.x, b.x), 0, 1)];
  const [top, bottom] = [within(Math.min(a.y, b.y), 0, 1), within(Math.max(a.y, b.y), 0, 1)];
  const mask = { x: left, y: top, w: right - left, h: bottom - top };
  return mask.w >= SMALLEST_MASK && mask.h >= SMALLEST_MASK ? mask : null;
}

const STEP = 0.02;

/** The cover after an arrow key: moved, or resized with `size`; it never leaves the picture. */
export function nudged(mask: Mask, key: string, size: boolean): Mask {
  const dx = key === "ArrowRight" ? STEP : key === "ArrowLeft" ? -STEP : 0;
  const dy = key === "ArrowDown" ? STEP : key === "ArrowUp" ? -STEP : 0;
  if (size) return { ...mask, w: within(mask.w + dx, SMALLEST_MASK, 1 - mask.x), h: within(mask.h + dy, SMALLEST_MASK, 1 - mask.y) };
  return { ...mask, x: within(mask.x + dx, 0, 1 - mask.w), y: within(mask.y + dy, 0, 1 - mask.h) };
}

/** Draw the picture at a size, with the covers painted into it: nothing below them leaves this page. */
export function paint(canvas: HTMLCanvasElement, source: CanvasImageSource, width: number, height: number, masks: readonly Mask[], ink: string): void {
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.drawImage(source, 0, 0, width, height);
  pen.fillStyle = ink;
  // One pixel more on each side, so that no seam of what is below remains.
  for (const { x, y, w, h } of masks) pen.fillRect(Math.floor(x * width) - 1, Math.floor(y * height) - 1, Math.ceil(w * width) + 2, Math.ceil(h * height) + 2);
}

/** The sizes to try, largest first. */
export function sizes(width: number, height: number): { width: number; height: number }[] {
  const found = [];
  for (let scale = Math.min(1, LONGEST_SIDE / Math.max(width, height)); found.length === 0 || Math.max(width, height) * scale >= SMALLEST_SIDE; scale *= SHRINK) {
    found.push({ width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) });
  }
  return found;
}

/** The covered picture as a data address, at the largest size that may be sent; null when none is small enough. */
export function encoded(source: ImageBitmap, masks: readonly Mask[], ink: string): string | null {
  const canvas = document.createElement("canvas");
  for (const { width, height } of sizes(source.width, source.height)) {
    paint(canvas, source, width, height, masks, ink);
    const text = canvas.toDataURL("image/png");
    if (text.length <= MOST_CHARACTERS) return text;
  }
  return null;
}

/** The first picture among what was pasted or dropped. */
export const pictureIn = (data: DataTransfer | null): File | null => [...(data?.files ?? [])].find((file) => file.type.startsWith("image/")) ?? null;
