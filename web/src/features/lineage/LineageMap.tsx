/** The whole lineage from left to right: the score is the place, a curve joins a factor with what it was changed into. */

import { useElementSize } from "@mantine/hooks";
import { useMemo, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { useChanges } from "@/api/describe";
import { integer, score } from "@/lib/format";
import { pick } from "@/lib/i18n";

import { ChangedCode } from "./ChangedCode";
import css from "./Lineage.module.css";
import { useNodeWords } from "./LineageTree";
import { rowsOf, type TreeNode } from "./tree";

const ROW = 34;
const TOP = 30;
const WITH_UNSCORED = 90;
const WITHOUT = 24;
const RIGHT = 230;
const LEAST_WIDTH = 240;
const LIMITS = [40, 60, 80];

interface LineageMapProps {
  readonly nodes: readonly TreeNode[];
  readonly shown: string | null;
  readonly onShow: (node: TreeNode) => void;
  readonly onOpen: (node: TreeNode) => void;
}

/** What a factor changed about the one that it comes from. */
function Change({ node, parent }: { node: TreeNode; parent: TreeNode | undefined }) {
  const { i18n } = useTranslation();
  const [change] = useChanges(node.expression === null ? [] : [node.expression], parent?.expression ?? null);
  const diff = change?.data?.diff;
  if (!diff) return <ChangedCode text={node.expression ?? ""} spans={[]} kind="added" />;
  return (
    <>
      <p>{pick(diff, i18n.language)}</p>
      <ChangedCode text={diff.before.text} spans={diff.before.spans} kind="removed" />
      <ChangedCode text={diff.after.text} spans={diff.after.spans} kind="added" />
    </>
  );
}

export function LineageMap({ nodes, shown, onShow, onOpen }: LineageMapProps) {
  const { t } = useTranslation("lineage");
  const words = useNodeWords();
  const rows = useMemo(() => rowsOf(nodes), [nodes]);
  const { ref, width: room } = useElementSize();
  const unscored = nodes.some((node) => node.score === null);
  const left = unscored ? WITH_UNSCORED : WITHOUT;
  const width = Math.max(LEAST_WIDTH, room - left - RIGHT);
  const [at, setAt] = useState<string | null>(shown);
  const places = useMemo(() => {
    const x = (node: TreeNode) => (node.score === null ? left - 60 : left + (node.score / 100) * width);
    return new Map(rows.map(({ node }, i) => [node.id, { x: x(node), y: TOP + i * ROW + ROW / 2 }]));
  }, [rows, width, left]);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const pointed = byId.get(at ?? "");
  const height = TOP + rows.length * ROW + 10;
  const onKeyDown = (event: KeyboardEvent<SVGGElement>, node: TreeNode) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Enter") onShow(node);
    else if (step !== 0) {
      const groups = [...(event.currentTarget.parentElement?.querySelectorAll<SVGGElement>("g[data-node]") ?? [])];
      groups[groups.indexOf(event.currentTarget) + step]?.focus();
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <div ref={ref} className={css["map"]} tabIndex={0} role="region" aria-label={t("mapLabel", { count: nodes.length })}>
        <svg width={left + width + RIGHT} height={height} role="group" aria-label={t("mapLabel", { count: nodes.length })}>
          {LIMITS.map((limit) => (
            <g key={limit}>
              <line x1={left + (limit / 100) * width} x2={left + (limit / 100) * width} y1={TOP - 6} y2={height - 6} stroke="var(--line)" />
              <text x={left + (limit / 100) * width} y={16} textAnchor="middle" fontSize={12} fill="var(--ink3)">{integer(limit)}</text>
            </g>
          ))}
          {unscored ? <text x={8} y={16} fontSize={12} fill="var(--ink3)">{t("mapNoScore")}</text> : null}
          {rows.map(({ node }) => {
            const from = places.get(node.parent ?? "");
            const to = places.get(node.id);
            if (!from || !to) return null;
            const middle = (from.y + to.y) / 2;
            return <path key={node.id} d={`M${from.x} ${from.y + 6} C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y - 6}`} fill="none" stroke={node.id === at ? "var(--accent)" : "var(--line2)"} strokeWidth={1.25} />;
          })}
          {rows.map(({ node }) => {
            const place = places.get(node.id);
            if (!place) return null;
            const text = words(node);
            const isShown = node.id === shown;
            return (
              <g
                key={node.id}
                data-node={node.id}
                className={css["mapNode"]}
                tabIndex={0}
                role="button"
                onPointerEnter={() => setAt(node.id)}
                onFocus={() => setAt(node.id)}
                onClick={() => onShow(node)}
                onDoubleClick={() => onOpen(node)}
                onKeyDown={(event) => onKeyDown(event, node)}
              >
                <rect x={place.x - 12} y={place.y - ROW / 2} width={260} height={ROW} fill="transparent" />
                <circle
                  cx={place.x}
                  cy={place.y}
                  r={5}
                  fill={isShown ? "var(--accent)" : "var(--surface)"}
                  stroke={isShown || node.id === at ? "var(--accent)" : "var(--ctl)"}
                  strokeWidth={1.5}
                  strokeDasharray={node.state === "duplicate" ? "2 2" : undefined}
                />
                <text x={place.x + 12} y={place.y + 4} fontSize={12} fill="var(--ink)">
                  <tspan fill="var(--ink3)">#{node.number} </tspan>
                  {[...text].slice(0, 18).join("")}
                  {[...text].length > 18 ? "…" : ""}
                  <tspan fontWeight={600}> {node.score === null ? "" : score(node.score)} {node.grade ?? ""}</tspan>
                </text>
              </g>
            );
          })}
        </svg>
      </div>
      <div className={css["mapDiff"]} aria-live="polite">
        {pointed ? <Change node={pointed} parent={byId.get(pointed.parent ?? "")} /> : null}
      </div>
    </>
  );
}
