import css from "./Jobs.module.css";

/** A thin bar; without a share it shows that nothing is known yet. */
export function Track({ percent, label }: { percent: number | null; label: string }) {
  return (
    <span className={css["track"]} role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} {...(percent === null ? {} : { "aria-valuenow": Math.round(percent) })}>
      <i style={{ width: `${percent ?? 0}%` }} />
    </span>
  );
}
