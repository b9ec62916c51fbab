/** Pictures of charts: a canvas is drawn again without the reading, anything else is laid out in an image of its own. */

import type { ECharts } from "echarts/core";

/** The charts on the page, by the element they are drawn in. */
export const drawnCharts = new WeakMap<Element, ECharts>();

export const SCALE = 2;

/** What of a computed style makes the look of our figures. */
const LOOK = [
  "display", "position", "top", "right", "bottom", "left", "float", "box-sizing", "width", "height", "min-width", "min-height", "max-width", "max-height",
  "margin-top", "margin-right", "margin-bottom", "margin-left", "padding-top", "padding-right", "padding-bottom", "padding-left",
  "border-top", "border-right", "border-bottom", "border-left", "border-radius", "border-collapse", "border-spacing", "background-color", "background-image", "background-size",
  "color", "opacity", "font-family", "font-size", "font-weight", "line-height", "font-variant-numeric", "text-align", "vertical-align", "white-space", "overflow", "text-overflow",
  "grid-template-columns", "grid-template-rows", "grid-auto-flow", "grid-auto-columns", "grid-column", "grid-row", "gap", "flex-direction", "flex-wrap", "flex", "justify-content", "align-items", "align-self", "justify-items", "place-content",
  "transform", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "paint-order", "text-anchor", "text-decoration", "list-style", "outline", "box-shadow", "visibility",
] as const;

/** A copy that carries its own look. */
function worn(element: Element): Element {
  const copy = element.cloneNode(false) as Element;
  const style = getComputedStyle(element);
  copy.removeAttribute("class");
  copy.removeAttribute("id");
  if ("style" in copy) (copy as HTMLElement).style.cssText = LOOK.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";");
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) copy.append(child.cloneNode());
    else if (child instanceof Element && !child.hasAttribute("data-unpictured")) copy.append(worn(child));
  }
  return copy;
}

const faces = new Map<string, Promise<string>>();

/** The Latin face of the page as CSS with the font inside; an image cannot fetch it. */
function fontFace(): Promise<string> {
  for (const sheet of document.styleSheets) {
    let rules: CSSRule[];
    try {
      rules = [...sheet.cssRules];
    } catch {
      continue;
    }
    for (const rule of rules) {
      if (!(rule instanceof CSSFontFaceRule) || !rule.style.getPropertyValue("font-family").includes("Inter")) continue;
      const [, path] = /url\("?([^")]+)"?\)/.exec(rule.style.getPropertyValue("src")) ?? [];
      if (!path) continue;
      const url = new URL(path, sheet.href ?? document.baseURI).href;
      const kept = faces.get(url) ?? embedded(url);
      faces.set(url, kept);
      return kept;
    }
  }
  return Promise.resolve("");
}

async function embedded(url: string): Promise<string> {
  try {
    const blob = await (await fetch(url)).blob();
    const data = await new Promise<string>((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result));
      reader.onerror = () => reject(new Error(url));
      reader.readAsDataURL(blob);
    });
    return `@font-face{font-family:"Inter Variable";font-weight:100 900;src:url("${data}") format("woff2")}`;
  } catch {
    return "";
  }
}

/** An element as it looks now. */
async function laidOut(element: HTMLElement): Promise<HTMLCanvasElement> {
  const [width, height] = [Math.ceil(element.scrollWidth), Math.ceil(element.scrollHeight)];
  const copy = worn(element) as HTMLElement;
  Object.assign(copy.style, { width: `${width}px`, height: `${height}px`, maxHeight: "none", overflow: "visible", margin: "0" });
  const holder = document.createElement("div");
  holder.setAttribute("xmlns", "http://www.w3.org/1999/xhtml");
  const style = document.createElement("style");
  style.textContent = await fontFace();
  holder.append(style, copy);
  const body = new XMLSerializer().serializeToString(holder);
  const source = `<svg xmlns="http://www.w3.org/2000/svg" width="${width * SCALE}" height="${height * SCALE}" viewBox="0 0 ${width} ${height}"><foreignObject width="${width}" height="${height}">${body}</foreignObject></svg>`;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * SCALE;
  canvas.height = height * SCALE;
  canvas.getContext("2d")?.drawImage(image, 0, 0);
  return canvas;
}

/** The chart inside an element as a sharp picture, without the reading under the pointer. */
export async function pictureOf(body: HTMLElement): Promise<HTMLCanvasElement> {
  const made = [...body.querySelectorAll("[data-drawn]")].map((element) => drawnCharts.get(element)).find((one) => one !== undefined);
  if (!made) return laidOut(body);
  made.dispatchAction({ type: "hideTip" });
  return made.renderToCanvas({ pixelRatio: SCALE });
}

export interface LegendItem {
  readonly label: string;
  readonly color: string;
  readonly look?: "solid" | "dashed" | "block" | "hatch" | "dot";
}

export interface Frame {
  readonly title: string;
  readonly caption: string;
  readonly legend: readonly LegendItem[];
  readonly foot: string;
  /** The line that says that the numbers are made up. */
  readonly demo: string | null;
}

const FOOT = 28;
const HEAD = 46;
const PAD = 14;

/** The picture with title, caption, legend, and a foot that says where it comes from. */
export function framed(body: HTMLCanvasElement, frame: Frame): HTMLCanvasElement {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const width = body.width / SCALE;
  const height = body.height / SCALE;
  const out = document.createElement("canvas");
  out.width = body.width;
  out.height = body.height + (HEAD + FOOT) * SCALE;
  const pen = out.getContext("2d");
  if (!pen) return body;
  const family = token("--sans");
  const write = (text: string, x: number, y: number, color: string, font: string, room: number) => {
    pen.fillStyle = token(color);
    pen.font = `${font} ${family}`;
    let shown = text;
    while (shown.length > 1 && pen.measureText(shown).width > room) shown = `${shown.slice(0, -2)}…`;
    if (room > 20) pen.fillText(shown, x, y);
    return room > 20 ? pen.measureText(shown).width : 0;
  };
  pen.scale(SCALE, SCALE);
  pen.fillStyle = token("--surface");
  pen.fillRect(0, 0, width, height + HEAD + FOOT);
  pen.textBaseline = "middle";
  let x = PAD + write(frame.title, PAD, HEAD / 2, "--ink", "600 14px", width - 2 * PAD) + 10;
  for (const item of frame.legend) {
    const color = item.color.startsWith("var(") ? token(item.color.slice(4, -1)) : item.color;
    pen.strokeStyle = color;
    pen.fillStyle = color;
    pen.lineWidth = 2;
    pen.setLineDash(item.look === "dashed" ? [5, 3] : []);
    pen.beginPath();
    if (item.look === "block" || item.look === "hatch") pen.fillRect(x, HEAD / 2 - 4, 12, 8);
    else {
      pen.moveTo(x, HEAD / 2);
      pen.lineTo(x + 14, HEAD / 2);
      pen.stroke();
    }
    x += 18 + write(item.label, x + 18, HEAD / 2, "--ink2", "400 12px", width - x - 32) + 12;
  }
  pen.setLineDash([]);
  write(frame.caption, x, HEAD / 2, "--ink3", "400 12px", width - x - PAD);
  pen.drawImage(body, 0, HEAD, width, height);
  const low = height + HEAD + FOOT / 2;
  pen.font = `400 12px ${family}`;
  const demoWidth = frame.demo ? Math.min(width / 2, pen.measureText(frame.demo).width + 12) : 0;
  write(frame.foot, PAD, low, "--ink3", "400 12px", width - 2 * PAD - demoWidth);
  if (frame.demo) {
    pen.textAlign = "right";
    write(frame.demo, width - PAD, low, "--caution", "400 12px", demoWidth);
  }
  return out;
}
