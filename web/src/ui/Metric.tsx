/** A figure's name with its definition behind it: formula, inputs, convention, the way to the dictionary. On hover, focus and long press; Escape closes. */

import { Popover } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { isMetric } from "@/lib/metrics";

import controls from "./controls.module.css";
import css from "./Metric.module.css";

const OPEN_MS = 180;
const CLOSE_MS = 220;

interface MetricProps {
  /** A name of lib/metrics; any other shows the label alone. */
  readonly name: string;
  readonly children: ReactNode;
}

function Definition({ name }: { name: string }) {
  const { t } = useTranslation("metrics");
  return (
    <>
      <p className={css["name"]}>{t(`${name}.name`)}</p>
      <dl className={css["facts"]}>
        <dt>{t("formulaLabel")}</dt>
        <dd className={css["formula"]}>{t(`${name}.formula`)}</dd>
        <dt>{t("inputsLabel")}</dt>
        <dd>{t(`${name}.inputs`)}</dd>
        <dt>{t("conventionLabel")}</dt>
        <dd>{t(`${name}.convention`)}</dd>
      </dl>
      <Link to="/help" hash={`metric-${name}`} className={controls["link"] ?? ""}>{t("more")}</Link>
    </>
  );
}

export function Metric({ name, children }: MetricProps) {
  const [open, setOpen] = useState(false);
  const timer = useRef(0);
  const soon = (next: boolean, after: number) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setOpen(next), after);
  };
  if (!isMetric(name)) return <>{children}</>;
  const hover = { onPointerEnter: () => soon(true, OPEN_MS), onPointerLeave: () => soon(false, CLOSE_MS) };
  return (
    <Popover opened={open} onChange={setOpen} width={340} position="bottom-start" closeOnEscape trapFocus={false} returnFocus={false} withinPortal>
      <Popover.Target>
        <button
          type="button"
          className={controls["term"]}
          aria-expanded={open}
          {...hover}
          onFocus={(event) => {
            if (event.target.matches(":focus-visible")) soon(true, 0);
          }}
          onBlur={() => soon(false, CLOSE_MS)}
          onClick={() => soon(!open, 0)}
          onKeyDown={(event) => {
            if (event.key === "Escape" && open) {
              event.stopPropagation();
              soon(false, 0);
            }
          }}
        >
          {children}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={css["box"] ?? ""} {...hover} onFocus={() => soon(true, 0)} onBlur={() => soon(false, CLOSE_MS)}>
        <Definition name={name} />
      </Popover.Dropdown>
    </Popover>
  );
}
