/** The indented tree: where each factor of the session comes from, what was changed, what came of it. */

import { useMemo, useRef, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";

import { compareSet } from "@/lib/compareSet";
import { score } from "@/lib/format";
import { Grade, TextButton } from "@/ui/controls";

import css from "./Lineage.module.css";
import { rowsOf, shortened, type Rest, type Row, type TreeNode } from "./tree";

/** A change or a wish in a few words. */
export function useNodeWords() {
  const { t } = useTranslation(["lineage", "strategies"]);
  return (node: TreeNode): string => {
    if (node.kind === "iteration") return t("iteration");
    if (node.kind === "candidate") return t(`strategies:${node.strategy ?? "none"}`, { defaultValue: node.strategy ?? t("strategies:none") });
    return node.words ?? node.expression ?? "";
  };
}

function Lines({ row }: { row: Row }) {
  return (
    <>
      {row.lines.map((goesOn, level) => (
        <i key={level} className={css["line"]} data-on={goesOn ? "" : undefined} />
      ))}
      {row.depth > 0 ? <i className={css["elbow"]} data-last={row.last ? "" : undefined} /> : null}
    </>
  );
}

function Outcome({ node }: { node: TreeNode }) {
  const { t } = useTranslation("lineage");
  if (node.state === "running") return <span className={css["running"]}>{Math.round(node.percent ?? 0)}%</span>;
  if (node.state !== "finished") return <span className="muted">{t(node.state)}</span>;
  return (
    <>
      <span className={css["score"]}>{score(node.score)}</span>
      <Grade letter={node.grade} size={22} />
    </>
  );
}

interface LineageTreeProps {
  readonly nodes: readonly TreeNode[];
  /** The node that is shown in the thread. */
  readonly shown: string | null;
  readonly onShow: (node: TreeNode) => void;
  readonly onOpen: (node: TreeNode) => void;
}

export function LineageTree({ nodes, shown, onShow, onOpen }: LineageTreeProps) {
  const { t } = useTranslation("lineage");
  const words = useNodeWords();
  const compared = compareSet.useAll();
  const list = useRef<HTMLUListElement>(null);
  const [all, setAll] = useState(false);
  const short = useMemo(() => shortened(nodes, new Set(shown === null ? [] : [shown])), [nodes, shown]);
  const rows = useMemo(() => rowsOf(all ? nodes : short.shown), [all, nodes, short]);
  const left = nodes.length - short.shown.length;

  const onKeyDown = (event: KeyboardEvent<HTMLButtonElement>, node: TreeNode) => {
    const step = event.key === "ArrowDown" || event.key === "j" ? 1 : event.key === "ArrowUp" || event.key === "k" ? -1 : 0;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (step !== 0) {
      const buttons = [...(list.current?.querySelectorAll<HTMLButtonElement>("[data-node]") ?? [])];
      buttons[buttons.indexOf(event.currentTarget) + step]?.focus();
    } else if (event.key === " ") {
      if (node.state === "finished") compareSet.toggle(node.id);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <ul ref={list} className={css["tree"]}>
        {rows.map((row) => {
          const { node } = row;
          const text = words(node);
          return (
            <li key={node.id}>
              <button
                type="button"
                className={css["node"]}
                data-node={node.id}
                data-state={node.state}
                data-shown={node.id === shown ? "" : undefined}
                data-compared={compared.includes(node.id) ? "" : undefined}
                aria-current={node.id === shown ? "true" : undefined}
                title={[node.expression, t("keys")].filter(Boolean).join("\n")}
                onClick={() => onShow(node)}
                onDoubleClick={() => onOpen(node)}
                onKeyDown={(event) => onKeyDown(event, node)}
              >
                <Lines row={row} />
                <i className={css["dot"]} />
                <span className={css["number"]}>#{node.number}</span>
                <span className={css["words"]}><bdi>{text}</bdi>{node.selected ? <span className={css["chosen"]}> · {t("chosen")}</span> : null}</span>
                <Outcome node={node} />
              </button>
            </li>
          );
        })}
      </ul>
      {left > 0 ? <p className={css["rest"]}><TextButton aria-expanded={all} onClick={() => setAll(!all)}>{all ? t("less") : <RestText rest={short.rest} count={left} />}</TextButton></p> : null}
    </>
  );
}

function RestText({ rest, count }: { rest: Rest; count: number }) {
  const { t } = useTranslation("lineage");
  const parts = [rest.failed ? t("restFailed", { count: rest.failed }) : "", rest.duplicates ? t("restDuplicates", { count: rest.duplicates }) : "", rest.others ? t("restOthers", { count: rest.others }) : ""].filter(Boolean);
  const { i18n } = useTranslation();
  return <>{t("rest", { count })}{t("restDetail", { list: parts.join(i18n.language.startsWith("en") ? ", " : "\u3001") })}</>;
}
