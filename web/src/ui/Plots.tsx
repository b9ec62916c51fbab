/** Small plots in SVG: a null distribution with what was observed, and rows of points with intervals on one axis. */

import type { ReactNode } from "react";

import { roundLimits } from "@/lib/format";

import css from "./Plots.module.css";

type Num = number | null;

interface NullHistogramProps {
  readonly label: string;
  readonly left: readonly number[];
  readonly counts: readonly number[];
  readonly binWidth: number;
  readonly observed: Num;
  readonly threshold: Num;
  readonly tail: "right" | "both";
  readonly passed: boolean;
  /** A bootstrap of the figure itself, drawn blue: not a null. */
  readonly bootstrap?: boolean;
  readonly observedText: string;
  readonly thresholdText: string;
  readonly tick: (value: number) => string;
  /** What a bin says under the pointer. */
  readonly hint?: (bin: number) => string;
}

const TOP = 40;
const HEIGHT = 92;
const FULL = TOP + HEIGHT + 22;

export function NullHistogram(props: NullHistogramProps) {
  const { left, counts, binWidth, observed, threshold, tail, passed, bootstrap = false } = props;
  const first = left[0] ?? 0;
  const last = (left[left.length - 1] ?? 1) + binWidth;
  const marks = [observed, threshold, ...(tail === "both" && threshold !== null ? [-threshold] : [])].filter((value): value is number => value !== null);
  const span = Math.max(last, ...marks) - Math.min(first, ...marks) || 1;
  const low = Math.min(first, ...marks) - span * 0.05;
  const high = Math.max(last, ...marks) + span * 0.05;
  const x = (value: number) => `${((value - low) / (high - low)) * 100}%`;
  const width = (from: number, to: number) => `${(Math.max(0, to - from) / (high - low)) * 100}%`;
  const top = Math.max(1, ...counts);
  const { step } = roundLimits(low, high, 4);
  const ticks: number[] = [];
  for (let value = Math.ceil(low / step) * step; value <= high + 1e-9; value += step) ticks.push(Number(value.toPrecision(10)));
  const color = passed ? "var(--accent)" : "var(--error)";
  // Labels of line and threshold point away from each other.
  const observedRight = observed !== null && threshold !== null ? observed >= threshold : true;
  const anchor = (right: boolean, value: number): "start" | "end" => {
    const share = (value - low) / (high - low);
    if (share > 0.84) return "end";
    if (share < 0.16) return "start";
    return right ? "start" : "end";
  };
  return (
    <svg className={css["svg"]} height={FULL} role="img" aria-label={props.label}>
      {threshold !== null ? (
        <>
          <rect x={x(Math.max(low, tail === "both" ? Math.abs(threshold) : threshold))} width={width(Math.max(low, tail === "both" ? Math.abs(threshold) : threshold), high)} y={TOP} height={HEIGHT} fill="var(--accent)" opacity={0.08} />
          {tail === "both" ? <rect x="0" width={width(low, -Math.abs(threshold))} y={TOP} height={HEIGHT} fill="var(--accent)" opacity={0.08} /> : null}
        </>
      ) : null}
      {counts.map((count, i) => {
        if (count === 0) return null;
        const size = (count / top) * HEIGHT;
        const from = left[i] ?? 0;
        return <rect key={from} x={x(from)} width={width(from, from + binWidth)} y={TOP + HEIGHT - size} height={size} fill={bootstrap ? "color-mix(in oklab, var(--accent) 40%, var(--surface))" : "var(--null)"} stroke={bootstrap ? "var(--accent)" : "var(--ctl)"} strokeWidth={0.5} />;
      })}
      {props.hint
        ? counts.map((_, i) => (
            <rect key={`hint-${left[i] ?? i}`} x={x(left[i] ?? 0)} width={width(left[i] ?? 0, (left[i] ?? 0) + binWidth)} y={TOP} height={HEIGHT} fill="transparent">
              <title>{props.hint?.(i)}</title>
            </rect>
          ))
        : null}
      <line x1="0" x2="100%" y1={TOP + HEIGHT} y2={TOP + HEIGHT} stroke="var(--ctl)" />
      {ticks.map((value) => (
        <text key={value} x={x(value)} y={FULL - 6} textAnchor="middle" fontSize={11} fill="var(--ink3)">
          {props.tick(value)}
        </text>
      ))}
      {threshold !== null ? (
        <>
          {(tail === "both" ? [-Math.abs(threshold), Math.abs(threshold)] : [threshold]).map((value) => (
            <line key={value} x1={x(value)} x2={x(value)} y1={TOP - 10} y2={TOP + HEIGHT} stroke="var(--ink2)" strokeDasharray="3 3" />
          ))}
          <text x={x(threshold)} dx={anchor(!observedRight, threshold) === "start" ? 4 : -4} y={TOP - 3} textAnchor={anchor(!observedRight, threshold)} fontSize={11} fill="var(--ink2)" className={css["halo"]}>
            {props.thresholdText}
          </text>
        </>
      ) : null}
      {observed !== null ? (
        <>
          <line x1={x(observed)} x2={x(observed)} y1={20} y2={TOP + HEIGHT} stroke={color} strokeWidth={2.25} />
          <svg x={x(observed)} y={14} overflow="visible">
            <path d="M-4.5 0 h9 l-4.5 6.5z" fill={color} />
          </svg>
          <text x={x(observed)} dx={anchor(observedRight, observed) === "start" ? 8 : -8} y={21} textAnchor={anchor(observedRight, observed)} fontSize={12} fontWeight={600} fill={color} className={css["halo"]}>
            {props.observedText}
          </text>
        </>
      ) : null}
    </svg>
  );
}

export interface DotRow {
  readonly key: string;
  readonly label: string;
  readonly hint?: string;
  /** Filled dot; the figure on the right belongs to it. */
  readonly value: Num;
  readonly low?: Num;
  readonly high?: Num;
  /** Grey band behind: where chance would put it. */
  readonly bandLow?: Num;
  readonly bandHigh?: Num;
  /** Hollow marks on the same row. */
  readonly ring?: Num;
  readonly diamond?: Num;
  /** The dot is hollow: one of several equal ones. */
  readonly hollow?: boolean;
}

interface DotRowsProps {
  readonly label: string;
  readonly rows: readonly DotRow[];
  readonly format: (value: number) => string;
  /** Ticks; `digits` is how many decimals tell two ticks apart. */
  readonly axis?: (value: number, digits: number) => string;
  readonly zero?: boolean;
  /** Vertical reference lines. */
  readonly marks?: readonly { value: number; label: string; dashed?: boolean }[];
  readonly band?: { readonly low: number; readonly high: number } | undefined;
  readonly foot?: ReactNode;
  /** Values that the axis covers whatever the rows say: rows beside each other share it. */
  readonly domain?: readonly [number, number];
  /** The labels are data, not words of ours. */
  readonly userText?: boolean;
}

const ROW = 26;

/** Rows of points on one axis: regimes, walk-forward windows, phases, industries. */
export function DotRows({ label, rows, format, axis = format, zero = true, marks = [], band, foot, domain, userText = false }: DotRowsProps) {
  const all = rows.flatMap((row) => [row.value, row.low, row.high, row.bandLow, row.bandHigh, row.ring, row.diamond]);
  const known = [...all, ...(zero ? [0] : []), ...marks.map((mark) => mark.value), ...(domain ?? [])].filter((value): value is number => typeof value === "number" && Number.isFinite(value));
  const { min, max, step } = roundLimits(Math.min(...known), Math.max(...known), 3);
  const x = (value: number) => `${((value - min) / (max - min || 1)) * 100}%`;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const share = (value: number) => (value - min) / (max - min || 1);
  const crowded = marks.some((mark, i) => marks.some((other, k) => k > i && Math.abs(share(mark.value) - share(other.value)) < 0.75));
  const head = marks.length === 0 ? 4 : crowded ? 18 * marks.length + 4 : 18;
  const height = head + rows.length * ROW + 22;
  const ticks: number[] = [];
  for (let value = min; value <= max + step / 1e6; value += step) ticks.push(Number(value.toPrecision(10)));
  const middle = (i: number) => head + i * ROW + ROW / 2;
  return (
    <div className={css["dotRows"]}>
      <div className={css["dotLabels"]} style={{ paddingTop: head }} data-user-text={userText ? "" : undefined}>
        {rows.map((row) => (
          <div key={row.key} style={{ height: ROW }} title={row.hint}>
            {row.label}
          </div>
        ))}
      </div>
      <svg className={css["svg"]} height={height} role="img" aria-label={`${label}: ${rows.map((row) => `${row.label} ${row.value === null ? "—" : format(row.value)}`).join("; ")}`}>
        {ticks.map((value) => (
          <g key={value}>
            <line x1={x(value)} x2={x(value)} y1={head} y2={height - 20} stroke={zero && value === 0 ? "var(--ctl)" : "var(--line)"} />
            <text x={x(value)} y={height - 6} textAnchor="middle" fontSize={11} fill="var(--ink3)">
              {axis(value, digits)}
            </text>
          </g>
        ))}
        {band ? <rect x={x(band.low)} width={`${((band.high - band.low) / (max - min || 1)) * 100}%`} y={head} height={rows.length * ROW} fill="var(--accent)" opacity={0.08} /> : null}
        {marks.map((mark, i) => (
          <g key={mark.label}>
            <line x1={x(mark.value)} x2={x(mark.value)} y1={head - 4} y2={height - 20} stroke="var(--ink2)" strokeDasharray={mark.dashed ? "4 3" : undefined} />
            {/* Labels that would meet stand one above the other, each behind a piece of its own line; no line runs through a label. */}
            {crowded ? <line x1={0} x2={18} y1={8 + 18 * i} y2={8 + 18 * i} stroke="var(--ink2)" strokeDasharray={mark.dashed ? "4 3" : undefined} /> : null}
            <text className={css["halo"]} x={crowded ? 24 : x(mark.value)} y={crowded ? 12 + 18 * i : 12} textAnchor={crowded ? "start" : share(mark.value) > 0.6 ? "end" : share(mark.value) < 0.4 ? "start" : "middle"} fontSize={12} fill="var(--ink2)">
              {mark.label}
            </text>
          </g>
        ))}
        {rows.map((row, i) => {
          const y = middle(i);
          const points = [row.ring, row.diamond, row.value].filter((value): value is number => typeof value === "number");
          return (
            <g key={row.key}>
              {typeof row.bandLow === "number" && typeof row.bandHigh === "number" ? <rect x={x(row.bandLow)} width={`${((row.bandHigh - row.bandLow) / (max - min || 1)) * 100}%`} y={y - 5} height={10} fill="var(--null)" opacity={0.6} /> : null}
              {typeof row.low === "number" && typeof row.high === "number" ? <line x1={x(row.low)} x2={x(row.high)} y1={y} y2={y} stroke="var(--accent)" strokeWidth={2} /> : null}
              {points.length > 1 && row.low === undefined ? <line x1={x(Math.min(...points))} x2={x(Math.max(...points))} y1={y} y2={y} stroke="var(--line2)" strokeWidth={1.5} /> : null}
              {typeof row.ring === "number" ? <circle cx={x(row.ring)} cy={y} r={4.5} fill="var(--surface)" stroke="var(--ink2)" /> : null}
              {typeof row.diamond === "number" ? (
                <svg x={x(row.diamond)} y={y} overflow="visible">
                  <path d="M0-5 5 0 0 5-5 0Z" fill="var(--surface)" stroke="var(--ink2)" />
                </svg>
              ) : null}
              {typeof row.value === "number" ? <circle cx={x(row.value)} cy={y} r={4.5} fill={row.hollow ? "var(--surface)" : "var(--accent)"} stroke="var(--accent)" strokeWidth={1.5} /> : null}
            </g>
          );
        })}
      </svg>
      <div className={css["dotValues"]} style={{ paddingTop: head }}>
        {rows.map((row) => (
          <div key={row.key} style={{ height: ROW }}>
            {row.value === null ? "—" : format(row.value)}
          </div>
        ))}
      </div>
      {foot ? <div className={css["dotFoot"]}>{foot}</div> : null}
    </div>
  );
}

/** Counts by name as plain bars. */
export function CountBars({ items }: { items: readonly { key: string; label: string; count: number }[] }) {
  const top = Math.max(1, ...items.map((item) => item.count));
  return (
    <ul className={css["counts"]}>
      {items.map((item) => (
        <li key={item.key}>
          <span>{item.label}</span>
          <span className={css["countTrack"]}>
            <i style={{ width: `${(item.count / top) * 100}%` }} />
          </span>
          <b>{item.count.toLocaleString("en-US")}</b>
        </li>
      ))}
    </ul>
  );
}
