/** What a reader does with a chart over days: read a day, zoom, pan, choose a day. Drawn over the canvas, so that reading costs no redraw. */

import type { ECharts } from "echarts/core";

import { moved, zoomed, type DayAxis } from "./days";
import { forget, inTurn } from "./frames";
import type { ChartLink } from "./link";
import type { DayReading } from "./parts";

export interface Dot {
  readonly series: number;
  readonly color: string;
  readonly valueAt: (index: number) => number | null;
}

export interface DayFace {
  readonly axis: DayAxis;
  readonly reading: DayReading;
  readonly dots: readonly Dot[];
  readonly zoomable: boolean;
  readonly axes: number;
  readonly foot: string;
}

export interface Overlay {
  readonly hair: HTMLElement;
  readonly tip: HTMLElement;
  readonly brush: HTMLElement;
  readonly dots: HTMLElement;
  readonly live: HTMLElement;
}

/** Shortest range that can be zoomed to, in positions of an index axis or in days of a time axis. */
const LEAST = { index: 5, time: 7 * 86_400_000 };

export class DayControl {
  private face: DayFace | null = null;
  private window: [number, number] = [0, 1];
  private readonly stop: () => void;

  constructor(
    private readonly made: ECharts,
    private readonly over: Overlay,
    private readonly link: ChartLink,
  ) {
    let range = link.range();
    this.stop = link.watch(() => {
      if (link.range() !== range) {
        range = link.range();
        inTurn(this, () => this.applyRange());
      }
      this.showCursor();
    });
  }

  end(): void {
    this.stop();
    forget(this);
    if (this.link.cursor()?.by === this) this.link.setCursor(null);
  }

  /** After an option was set. */
  use(face: DayFace): void {
    this.face = face;
    this.window = [face.axis.first, face.axis.last];
    if (this.link.range()) this.applyRange();
    this.showCursor();
  }

  /** There are days to read. */
  reads(): boolean {
    return this.face !== null;
  }

  private applyRange(): void {
    const face = this.face;
    if (!face?.zoomable || this.made.isDisposed()) return;
    const { axis } = face;
    const range = this.link.range();
    const asked: [number, number] = range ? [Math.max(axis.first, axis.valueOf(range.from)), Math.min(axis.last, axis.valueOf(range.to))] : [axis.first, axis.last];
    this.window = asked[0] < asked[1] ? asked : [axis.first, axis.last];
    const [startValue, endValue] = this.window;
    this.made.dispatchAction({ type: "dataZoom", batch: Array.from({ length: face.axes }, (_, dataZoomIndex) => ({ dataZoomIndex, startValue, endValue })) });
    this.showCursor();
  }

  private pixel(value: number): number {
    return this.made.convertToPixel({ xAxisIndex: 0 }, value) as unknown as number;
  }

  /** Value of the axis at a place across the chart; null outside of the plot. */
  valueAt(x: number): number | null {
    if (!this.face) return null;
    if (x < this.pixel(this.window[0]) - 3 || x > this.pixel(this.window[1]) + 3) return null;
    return this.made.convertFromPixel({ xAxisIndex: 0 }, x) as unknown as number;
  }

  indexAt(x: number): number {
    const value = this.valueAt(x);
    return value === null || !this.face ? -1 : this.face.axis.indexAt(value);
  }

  point(index: number): void {
    const day = this.face?.reading.days[index];
    this.link.setCursor(day === undefined ? null : { day, by: this });
  }

  leave(): void {
    if (this.link.cursor()?.by === this) this.link.setCursor(null);
  }

  current(): number {
    const cursor = this.link.cursor();
    return cursor && this.face ? this.face.axis.indexAt(this.face.axis.valueOf(cursor.day)) : -1;
  }

  /** Move the reading by days; says the day. */
  step(by: number): void {
    const face = this.face;
    if (!face) return;
    const days = face.reading.days;
    const now = this.current();
    const [low, high] = [Math.max(0, face.axis.indexAt(this.window[0])), this.lastShown()];
    const next = now < 0 ? high : Math.min(high, Math.max(low, now + by));
    if (next < 0 || next >= days.length) return;
    this.point(next);
    this.over.live.textContent = this.over.tip.innerText.replaceAll(/\s+/g, " ");
  }

  private lastShown(): number {
    const face = this.face;
    if (!face) return -1;
    const at = face.axis.indexAt(this.window[1]);
    return at < 0 ? face.reading.days.length - 1 : at;
  }

  day(index: number): string | null {
    return this.face?.reading.days[index] ?? null;
  }

  private setWindow([from, to]: readonly [number, number]): void {
    const face = this.face;
    if (!face?.zoomable) return;
    const { axis } = face;
    const whole = from <= axis.first && to >= axis.last;
    this.link.setRange(whole ? null : { from: axis.dayOf(from), to: axis.dayOf(to) });
  }

  /** Zoom to what lies between two places across the chart. */
  zoomTo(left: number, right: number): void {
    const clamp = (x: number) => Math.min(this.pixel(this.window[1]), Math.max(this.pixel(this.window[0]), x));
    const [from, to] = [this.valueAt(clamp(left)), this.valueAt(clamp(right))];
    if (from !== null && to !== null) this.setWindow(zoomed([from, to], (from + to) / 2, 1, this.face?.axis.first ?? from, this.face?.axis.last ?? to, this.least()));
  }

  zoomBy(factor: number, x?: number): void {
    const face = this.face;
    if (!face) return;
    const cursor = this.link.cursor();
    const around = (x === undefined ? null : this.valueAt(x)) ?? (cursor ? face.axis.valueOf(cursor.day) : (this.window[0] + this.window[1]) / 2);
    this.setWindow(zoomed(this.window, around, factor, face.axis.first, face.axis.last, this.least()));
  }

  panBy(pixels: number): void {
    const face = this.face;
    if (!face) return;
    const width = this.pixel(this.window[1]) - this.pixel(this.window[0]) || 1;
    this.setWindow(moved(this.window, (-pixels * (this.window[1] - this.window[0])) / width, face.axis.first, face.axis.last));
  }

  panByShare(share: number): void {
    this.panBy(-share * (this.pixel(this.window[1]) - this.pixel(this.window[0])));
  }

  reset(): void {
    this.link.setRange(null);
  }

  private least(): number {
    return this.face && this.face.axis.last > 1e9 ? LEAST.time : LEAST.index;
  }

  /** Hair line, dots, and (in the chart that is read) the box. */
  showCursor(): void {
    const face = this.face;
    const { hair, tip, dots } = this.over;
    const cursor = this.link.cursor();
    const value = cursor && face ? face.axis.valueOf(cursor.day) : null;
    const index = value === null || !face ? -1 : face.axis.indexAt(value);
    const visible = face !== null && value !== null && index >= 0 && value >= this.window[0] && value <= this.window[1] && !this.made.isDisposed();
    hair.hidden = !visible;
    dots.hidden = !visible;
    if (!visible) {
      tip.hidden = true;
      return;
    }
    const at = face.axis.valueOf(face.reading.days[index] ?? "");
    const x = this.pixel(at);
    hair.style.left = `${x}px`;
    this.placeDots(face, index, x, at);
    tip.hidden = cursor?.by !== this;
    if (tip.hidden) return;
    tip.innerHTML = face.reading.html(index, face.foot);
    const room = this.made.getWidth();
    const width = tip.offsetWidth;
    tip.style.left = `${x + 14 + width <= room ? x + 14 : Math.max(0, x - 14 - width)}px`;
  }

  private placeDots(face: DayFace, index: number, x: number, at: number): void {
    const marks = face.dots.flatMap((dot) => {
      const value = dot.valueAt(index);
      if (value === null) return [];
      const place = this.made.convertToPixel({ seriesIndex: dot.series }, [at, value]) as unknown as [number, number];
      return Number.isFinite(place[1]) ? [{ color: dot.color, y: place[1] }] : [];
    });
    const { dots } = this.over;
    while (dots.children.length > marks.length) dots.lastChild?.remove();
    while (dots.children.length < marks.length) dots.append(document.createElement("i"));
    marks.forEach((mark, i) => {
      const element = dots.children[i] as HTMLElement;
      element.style.transform = `translate(${x}px, ${mark.y}px)`;
      element.style.borderColor = mark.color;
    });
  }
}
