/** How far luck alone would get: the best of many useless tries as a distribution, and the deflated Sharpe ratio on its scale. */

import { roundLimits } from "@/lib/format";

import css from "./Luck.module.css";

type Num = number | null;

interface LuckHistogramProps {
  readonly label: string;
  /** One more edge than shares. */
  readonly edges: readonly number[];
  readonly share: readonly number[];
  readonly observed: Num;
  readonly expected: Num;
  readonly observedText: string;
  readonly beyondText: string;
  readonly expectedText: string;
  readonly tick: (value: number) => string;
}

const TOP = 46;
const HEIGHT = 128;
const FULL = TOP + HEIGHT + 24;

/** Lower and upper part of a bin, cut at the observed value. */
function parts(from: number, to: number, cut: Num): readonly { from: number; to: number; beyond: boolean }[] {
  if (cut === null || cut >= to) return [{ from, to, beyond: false }];
  if (cut <= from) return [{ from, to, beyond: true }];
  return [{ from, to: cut, beyond: false }, { from: cut, to, beyond: true }];
}

export function LuckHistogram({ label, edges, share, observed, expected, observedText, beyondText, expectedText, tick }: LuckHistogramProps) {
  const known = [...edges, ...[observed, expected].filter((value): value is number => value !== null)];
  const span = Math.max(...known) - Math.min(...known) || 1;
  const [low, high] = [Math.min(...known) - span * 0.03, Math.max(...known) + span * 0.03];
  const place = (value: number) => ((value - low) / (high - low)) * 100;
  const x = (value: number) => `${place(value)}%`;
  // Bins may differ in width: the area is what counts.
  const density = share.map((part, i) => part / ((edges[i + 1] ?? 0) - (edges[i] ?? 0) || 1));
  const top = Math.max(1e-12, ...density);
  const { min, max, step } = roundLimits(low, high, 6);
  const ticks: number[] = [];
  for (let value = min; value <= max + step / 1e6; value += step) if (value >= low && value <= high) ticks.push(Number(value.toPrecision(10)));
  const right = observed === null || place(observed) < 55;
  const left = expected !== null && place(expected) > 45;
  return (
    <figure className={css["figure"]}>
      <svg className={css["svg"]} height={FULL} role="img" aria-label={label}>
      {density.flatMap((value, i) => {
        const size = (value / top) * HEIGHT;
        return parts(edges[i] ?? 0, edges[i + 1] ?? 0, observed).map((part) => (
          <rect key={`${i}-${part.beyond}`} x={x(part.from)} width={`${place(part.to) - place(part.from)}%`} y={TOP + HEIGHT - size} height={size} fill={part.beyond ? "var(--ctl)" : "var(--null)"} opacity={part.beyond ? 0.85 : 0.7} />
        ));
      })}
      {density.map((value, i) => {
        const y = TOP + HEIGHT - (value / top) * HEIGHT;
        return <line key={i} x1={x(edges[i] ?? 0)} x2={x(edges[i + 1] ?? 0)} y1={y} y2={y} stroke="var(--ctl)" />;
      })}
      <line x1="0" x2="100%" y1={TOP + HEIGHT} y2={TOP + HEIGHT} stroke="var(--ctl)" />
      {ticks.map((value) => (
        <text key={value} x={x(value)} y={FULL - 6} textAnchor="middle" fontSize={11} fill="var(--ink3)">{tick(value)}</text>
      ))}
      {expected === null ? null : (
        <>
          <line x1={x(expected)} x2={x(expected)} y1={TOP - 8} y2={TOP + HEIGHT} stroke="var(--ink2)" strokeDasharray="4 3" />
          <text x={x(expected)} dx={left ? -6 : 6} y={TOP - 11} textAnchor={left ? "end" : "start"} fontSize={12} fill="var(--ink2)" className={css["halo"]}>{expectedText}</text>
        </>
      )}
      {observed === null ? null : (
        <>
          <line x1={x(observed)} x2={x(observed)} y1={20} y2={TOP + HEIGHT} stroke="var(--accent)" strokeWidth={2.25} />
          <svg x={x(observed)} y={14} overflow="visible"><path d="M-4.5 0 h9 l-4.5 6.5z" fill="var(--accent)" /></svg>
          <text x={x(observed)} dx={right ? 9 : -9} y={16} textAnchor={right ? "start" : "end"} fontSize={12} fontWeight={600} fill="var(--accent)" className={css["halo"]}>{observedText}</text>
        </>
      )}
      </svg>
      <figcaption className={css["beyond"]}><i />{beyondText}</figcaption>
    </figure>
  );
}

export interface LuckZone {
  readonly code: string;
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

interface LuckBarProps {
  readonly label: string;
  readonly value: Num;
  readonly valueText: string;
  readonly zones: readonly LuckZone[];
}

/** 0–1 with the zones from "luck explains it" to "credible", and where this factor stands. Never a dial. */
export function LuckBar({ label, value, valueText, zones }: LuckBarProps) {
  const at = value === null ? null : Math.min(1, Math.max(0, value)) * 100;
  return (
    <div className={css["bar"]} role="img" aria-label={label}>
      <div className={css["mark"]}>
        {at === null ? null : (
          <span data-side={at > 70 ? "left" : "right"} style={{ left: `${at}%` }}>
            <i />
            <b>{valueText}</b>
          </span>
        )}
      </div>
      <div className={css["zones"]}>
        {zones.map((zone, i) => (
          <span key={zone.code} data-zone={i} style={{ width: `${(zone.to - zone.from) * 100}%` }} />
        ))}
        {at === null ? null : <em style={{ left: `${at}%` }} />}
      </div>
      <div className={css["limits"]}>
        {[...zones.map((zone) => zone.from), 1].map((limit) => (
          <span key={limit} style={{ left: `${limit * 100}%` }} data-edge={limit === 0 ? "first" : limit === 1 ? "last" : undefined}>{limit === 0 || limit === 1 ? String(limit) : limit.toFixed(2)}</span>
        ))}
      </div>
      <ul className={css["names"]}>
        {zones.map((zone, i) => (
          <li key={zone.code} data-here={value !== null && value >= zone.from && (value < zone.to || (zone.to >= 1 && value <= 1)) ? "" : undefined}><i data-zone={i} />{zone.label}</li>
        ))}
      </ul>
    </div>
  );
}
