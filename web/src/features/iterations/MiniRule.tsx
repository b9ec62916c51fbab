/** A score with its interval on the part of the scale where grades are made: 40 to 80. */

import css from "./Iterations.module.css";

const LOW = 40;
const HIGH = 80;

interface MiniRuleProps {
  readonly score: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly label: string;
}

export function MiniRule({ score, low, high, label }: MiniRuleProps) {
  const at = (value: number) => Math.min(100, Math.max(0, ((value - LOW) / (HIGH - LOW)) * 100));
  const outside = score < LOW ? "low" : score > HIGH ? "high" : undefined;
  return (
    <svg className={css["mini"]} height={16} role="img" aria-label={label}>
      <line x1="0" x2="100%" y1={8} y2={8} stroke="var(--line2)" strokeWidth={1.5} />
      {[40, 60, 80].map((limit) => (
        <line key={limit} x1={`${at(limit)}%`} x2={`${at(limit)}%`} y1={3} y2={13} stroke="var(--ctl)" />
      ))}
      {low !== null && high !== null && high > LOW && low < HIGH ? <rect x={`${at(low)}%`} width={`${Math.max(0.5, at(high) - at(low))}%`} y={5} height={6} fill="var(--accent)" opacity={0.36} /> : null}
      {outside ? (
        <svg x={`${at(score)}%`} y={8} overflow="visible">
          <path d={outside === "low" ? "M-5 0 L2 -4.5 V4.5Z" : "M5 0 L-2 -4.5 V4.5Z"} fill="var(--accent)" />
        </svg>
      ) : (
        <circle cx={`${at(score)}%`} cy={8} r={4.5} fill="var(--accent)" stroke="var(--surface)" strokeWidth={1.5} />
      )}
    </svg>
  );
}
