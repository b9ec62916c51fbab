/** A score on a 0–100 line as small as a table cell: ticks where the grades change, the interval as a bar. */

import css from "./MetricTable.module.css";

export function ScoreMark({ score, low, high, label }: { score: number; low: number | null; high: number | null; label: string }) {
  const at = (value: number) => `${Math.min(100, Math.max(0, value))}%`;
  return (
    <svg className={css["mark"]} height={16} role="img" aria-label={label}>
      <title>{label}</title>
      <line x1="0" x2="100%" y1={8} y2={8} stroke="var(--line2)" />
      {[0, 40, 60, 80, 100].map((limit) => (
        <line key={limit} x1={at(limit)} x2={at(limit)} y1={4.5} y2={11.5} stroke="var(--ctl)" strokeWidth={0.75} />
      ))}
      {low !== null && high !== null ? <rect x={at(low)} width={`${Math.max(0.5, Math.min(100, high) - Math.max(0, low))}%`} y={5} height={6} fill="var(--accent)" opacity={0.36} /> : null}
      <circle cx={at(score)} cy={8} r={3.5} fill="var(--accent)" stroke="var(--surface)" />
    </svg>
  );
}
