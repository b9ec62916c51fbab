/** Figures drawn in HTML, on screen before any chart code arrives: tiles, group bars, heat maps, the stage track. */

import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { diverging } from "@/lib/color";
import { MISSING, percent } from "@/lib/format";

import { Term } from "./controls";
import css from "./Figures.module.css";
import { LockIcon } from "./icons";
import { Metric } from "./Metric";
import { useTokens } from "./tokens";

export interface TileItem {
  readonly label: string;
  readonly meaning?: string;
  /** A name of lib/metrics: the definition behind the label, instead of `meaning`. */
  readonly metric?: string;
  readonly value: string;
  readonly note?: ReactNode;
  readonly tone?: "up" | "down" | "caution" | undefined;
  /** What is doubtful about the data behind this figure. */
  readonly flag?: string | undefined;
}

export function Tiles({ items }: { items: readonly TileItem[] }) {
  return (
    <dl className={css["tiles"]} style={{ ["--count" as string]: items.length }}>
      {items.map((item) => (
        <div key={item.label} className={css["tile"]}>
          <dt>
            {item.metric ? <Metric name={item.metric}>{item.label}</Metric> : <Term meaning={item.meaning}>{item.label}</Term>}
            {item.flag ? <Term meaning={item.flag}><span className={css["flag"]}>▲</span></Term> : null}
          </dt>
          <dd className={css["value"]} style={item.tone ? { color: `var(--${item.tone})` } : undefined} data-figure={item.label}>
            {item.value}
          </dd>
          <dd className={css["note"]}>{item.note ?? "\u00a0"}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Annual return per group, lowest factor value first, in the colours of the groups. */
export function GroupBars({ groups, height = 150, label }: { groups: readonly { name: string; value: number | null }[]; height?: number; label: string }) {
  const tokens = useTokens();
  const colors = tokens.groups(groups.length);
  const values = groups.map((group) => group.value ?? 0);
  const [high, low] = [Math.max(0, ...values), Math.min(0, ...values)];
  const room = 20;
  const scale = (height - 2 * room) / (high - low || 1);
  const zero = room + high * scale;
  const step = Math.ceil(groups.length / 10);
  return (
    <div role="img" aria-label={`${label}: ${groups.map((group) => `${group.name} ${percent(group.value)}`).join(", ")}`}>
      <div className={css["bars"]} style={{ height }}>
        {groups.map((group, i) => {
          const value = group.value ?? 0;
          const size = Math.max(1.5, Math.abs(value) * scale);
          const top = value >= 0 ? zero - size : zero;
          return (
            <div key={group.name} className={css["barColumn"]}>
              {group.value === null ? null : <div className={css["bar"]} style={{ top, height: size, background: colors[i] }} />}
              {groups.length <= 12 ? (
                <div className={css["barLabel"]} style={{ top: value >= 0 ? top - 19 : top + size + 1 }}>
                  {percent(group.value)}
                </div>
              ) : null}
            </div>
          );
        })}
        <div className={css["zero"]} style={{ top: zero }} />
      </div>
      <div className={css["bars"]} style={{ height: 20, color: "var(--ink3)" }}>
        {groups.map((group, i) => (
          <div key={group.name} className={css["barColumn"]}>
            {i % step === 0 || i === groups.length - 1 ? group.name : ""}
          </div>
        ))}
      </div>
    </div>
  );
}

interface HeatProps {
  readonly label: string;
  readonly months: ReadonlyMap<string, number | null>;
  readonly totals: ReadonlyMap<string, number | null>;
  readonly cap: number;
  readonly palette: "price" | "groups";
  readonly show: (value: number) => string;
  readonly hint: (month: string) => string;
  /** Months from the first to the last of the sealed slice are hatched, and a year that is nothing else says so. */
  readonly sealed?: { readonly from: string; readonly to: string; readonly label: string } | null;
}

/** Years × months with numbers in the cells; a month without sessions is a dot. */
export function MonthHeat({ label, months, totals, cap, palette, show, hint, sealed = null }: HeatProps) {
  const { t } = useTranslation("ui");
  const tokens = useTokens();
  const [low, high, strength] = palette === "price" ? [tokens.down, tokens.up, 0.36] : [tokens.g2, tokens.g4, 0.6];
  const inSeal = (month: string) => sealed !== null && month >= sealed.from.slice(0, 7) && month <= sealed.to.slice(0, 7);
  const sealedYears = sealed ? Array.from({ length: Number(sealed.to.slice(0, 4)) - Number(sealed.from.slice(0, 4)) + 1 }, (_, i) => String(Number(sealed.from.slice(0, 4)) + i)) : [];
  const years = [...new Set([...totals.keys(), ...sealedYears])].sort();
  const numbers = Array.from({ length: 12 }, (_, i) => i + 1);
  return (
    <div className={css["heatBox"]} tabIndex={0} role="group" aria-label={label}>
      <table className={css["heat"]} aria-label={label}>
        <thead>
          <tr>
            <th scope="col" style={{ textAlign: "left" }}>{t("year")}</th>
            {numbers.map((month) => (
              <th key={month} scope="col">{t("month", { month })}</th>
            ))}
            <th scope="col">{t("wholeYear")}</th>
          </tr>
        </thead>
        <tbody>
          {years.map((year) => sealed && !totals.has(year) ? (
            <tr key={year}>
              <th scope="row" style={{ textAlign: "left", color: "var(--ink)" }}>{year}</th>
              <td className={css["sealed"]} colSpan={12}><LockIcon size={13} /> {sealed.label}</td>
              <td className={css["total"]}>{MISSING}</td>
            </tr>
          ) : (
            <tr key={year}>
              <th scope="row" style={{ textAlign: "left", color: "var(--ink)" }}>{year}</th>
              {numbers.map((month) => {
                const key = `${year}-${String(month).padStart(2, "0")}`;
                const value = months.get(key);
                if (value === undefined || value === null) return <td key={key} className={inSeal(key) ? css["sealed"] : css["void"]} title={months.has(key) ? hint(key) : inSeal(key) ? sealed?.label : undefined}>{inSeal(key) ? "" : "·"}</td>;
                return (
                  <td key={key} style={{ background: diverging(tokens.surface, low, high, value / cap, strength) }} title={hint(key)}>
                    {show(value)}
                  </td>
                );
              })}
              <td className={css["total"]} style={palette === "price" ? { color: totalTone(totals.get(year)) } : undefined}>
                {totals.get(year) === null || totals.get(year) === undefined ? MISSING : show(totals.get(year) as number)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const totalTone = (value: number | null | undefined) => (!value ? undefined : value > 0 ? "var(--up)" : "var(--down)");

export interface StageItem {
  readonly label: string;
  readonly state: "done" | "now" | "waiting";
  /** 0…1 of this stage, for the one that runs. */
  readonly part?: number;
  readonly time?: string | undefined;
}

export function StageTrack({ items }: { items: readonly StageItem[] }) {
  return (
    <ol className={css["stages"]}>
      {items.map((item) => (
        <li key={item.label} className={css["stage"]} data-state={item.state} aria-current={item.state === "now" ? "step" : undefined}>
          <span className={css["track"]}>
            <i style={{ width: `${item.state === "done" ? 100 : item.state === "now" ? Math.max(6, (item.part ?? 0) * 100) : 0}%` }} />
          </span>
          <span>{item.label}</span>
          <span className={css["time"]}>{item.time ?? ""}</span>
        </li>
      ))}
    </ol>
  );
}
