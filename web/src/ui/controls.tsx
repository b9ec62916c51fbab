/** The small pieces: buttons, tags, switches, explained terms, grades. */

import { Tooltip } from "@mantine/core";
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from "react";

import { rove, stopAt } from "@/lib/roving";

import css from "./controls.module.css";
import { CheckIcon, CrossIcon, WarnIcon } from "./icons";

type Look = "primary" | "default" | "ghost";

const classOf = (look: Look, small: boolean) =>
  [css["button"], look === "primary" ? css["primary"] : "", look === "ghost" ? css["ghost"] : "", small ? css["small"] : ""].join(" ");

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: Look;
  readonly small?: boolean;
}

export function Button({ look = "default", small = false, className = "", type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={`${classOf(look, small)} ${className}`} {...rest} />;
}

interface LinkButtonProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly look?: Look;
  readonly small?: boolean;
}

export function LinkButton({ look = "default", small = false, className = "", ...rest }: LinkButtonProps) {
  return <a className={`${classOf(look, small)} ${className}`} {...rest} />;
}

/** Class of a button for router links. */
export const buttonClass = classOf;

export function TextButton({ className = "", type = "button", ...rest }: ButtonHTMLAttributes<HTMLButtonElement>) {
  return <button type={type} className={`${css["link"]} ${className}`} {...rest} />;
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly label: string;
}

export function IconButton({ label, className = "", type = "button", ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} openDelay={400}>
      <button type={type} aria-label={label} className={`${css["iconButton"]} ${className}`} {...rest} />
    </Tooltip>
  );
}

export type Mark = "pass" | "doubt" | "fail";

export function Tag({ mark, outline = false, children }: { mark?: Mark; outline?: boolean; children: ReactNode }) {
  const look = mark === "pass" ? css["tagPass"] : mark === "doubt" ? css["tagDoubt"] : mark === "fail" ? css["tagFail"] : "";
  return <span className={`${css["tag"]} ${look} ${outline ? css["tagOutline"] : ""}`}>{children}</span>;
}

/** Shape and colour of a finding; the word stands beside it. */
export function MarkIcon({ mark, size = 16 }: { mark: Mark; size?: number }) {
  const color = mark === "pass" ? "var(--accent)" : mark === "fail" ? "var(--error)" : "var(--caution)";
  const Icon = mark === "pass" ? CheckIcon : mark === "fail" ? CrossIcon : WarnIcon;
  return (
    <span style={{ color, display: "inline-flex", height: 20, alignItems: "center" }}>
      <Icon size={size} />
    </span>
  );
}

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly options: readonly { value: T; label: string }[];
  readonly onChange: (value: T) => void;
}

/** One of a few, side by side; one stop of the Tab key. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  const stop = stopAt(options.map((option) => option.value === value));
  return (
    <span className={css["segmented"]} role="toolbar" aria-label={label} onKeyDown={rove}>
      {options.map((option, i) => (
        <button key={option.value} type="button" tabIndex={i === stop ? 0 : -1} aria-pressed={option.value === value} onClick={() => onChange(option.value)}>
          {option.label}
        </button>
      ))}
    </span>
  );
}

/** A label with a definition on hover, focus and long press. */
export function Term({ children, meaning }: { children: ReactNode; meaning?: string | undefined }) {
  if (!meaning) return <>{children}</>;
  return (
    <Tooltip label={meaning} multiline events={{ hover: true, focus: true, touch: true }}>
      <button type="button" className={css["term"]}>
        {children}
      </button>
    </Tooltip>
  );
}

const LETTERS = ["A", "B", "C", "D"];

export function Grade({ letter, size = 56 }: { letter: string | null | undefined; size?: number }) {
  const shown = letter && LETTERS.includes(letter) ? letter : null;
  return (
    <span
      className={`${css["grade"]} ${shown ? css[`grade${shown}`] : css["gradeD"]}`}
      style={{ width: size, height: size, borderRadius: size > 30 ? 8 : 5, fontSize: size > 30 ? Math.round(size * 0.57) : 13 }}
    >
      {shown ?? "—"}
    </span>
  );
}

/** 0–100 with the grade limits, the interval as a bar, the score as a dot. */
export function ScoreRule({ score, low, high, letter, label }: { score: number; low?: number | null; high?: number | null; letter?: string | null | undefined; label: string }) {
  const at = (value: number) => `${Math.min(100, Math.max(0, value))}%`;
  const bounds = [0, 40, 60, 80, 100];
  return (
    <svg className={css["rule"]} height={36} role="img" aria-label={label}>
      <line x1="0" x2="100%" y1={9} y2={9} stroke="var(--line2)" strokeWidth={1.5} />
      {[40, 60, 80].map((limit) => (
        <line key={limit} x1={at(limit)} x2={at(limit)} y1={3.5} y2={14.5} stroke="var(--ctl)" />
      ))}
      {typeof low === "number" && typeof high === "number" ? (
        <rect x={at(low)} width={`${Math.max(0.5, Math.min(100, high) - Math.max(0, low))}%`} y={6} height={6} fill="var(--accent)" opacity={0.36} />
      ) : null}
      <circle cx={at(score)} cy={9} r={5} fill="var(--accent)" stroke="var(--surface)" strokeWidth={1.5} />
      {LETTERS.toReversed().map((name, i) => (
        <text key={name} x={at(((bounds[i] ?? 0) + (bounds[i + 1] ?? 0)) / 2)} y={31} textAnchor="middle" fontSize={12} fontWeight={name === letter ? 600 : 400} fill={name === letter ? "var(--ink)" : "var(--ink2)"}>
          {name}
        </text>
      ))}
    </svg>
  );
}
