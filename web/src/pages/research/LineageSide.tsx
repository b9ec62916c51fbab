/** Beside the conversation: the tree, the sealed slice of the line that is shown, and how much luck may explain. */

import { useTranslation } from "react-i18next";

import type { Lineage } from "@/api/iterations";
import { useTask } from "@/api/queries";
import type { Task } from "@/api/types";
import { LineageTree } from "@/features/lineage/LineageTree";
import { LuckPanel } from "@/features/lineage/LuckPanel";
import { candidatesOf, type TreeNode } from "@/features/lineage/tree";
import { sealOf } from "@/features/sealed/seal";
import { SealedPanel } from "@/features/sealed/SealedPanel";
import { IconButton, Term } from "@/ui/controls";
import { ExpandIcon } from "@/ui/icons";

import { searchOf } from "./facts";
import css from "./Workspace.module.css";

interface LineageSideProps {
  /** Whether it bears its own heading; a sheet has one already. */
  readonly titled: boolean;
  readonly tasks: readonly Task[];
  readonly nodes: readonly TreeNode[];
  readonly shownTask: Task;
  readonly shownCandidate: number | null;
  readonly shownNode: string | null;
  readonly lineage: Lineage | undefined;
  readonly onShow: (node: TreeNode) => void;
  readonly onOpen: (node: TreeNode) => void;
  readonly onMap: () => void;
}

export function LineageSide({ titled, nodes, shownTask, shownCandidate, shownNode, lineage, onShow, onOpen, onMap }: LineageSideProps) {
  const { t } = useTranslation("lineage");
  const full = useTask(shownTask.task_id);
  const task = full.data ?? shownTask;
  const candidate = shownCandidate ?? (task.task_type === "iteration" && candidatesOf(task).length > 0 ? (task.selected_candidate_index ?? 0) : null);
  const search = searchOf(task, candidate);
  const seal = sealOf(lineage, search?.sealed);
  const marked = shownNode !== null && nodes.some((node) => node.id === shownNode) ? shownNode : candidate === null ? shownNode : `${task.task_id}-${candidate}`;
  return (
    <div data-testid="lineage">
      <section className={css["treePanel"]} aria-label={t("title")}>
        <header className={css["treeHead"]}>
          {titled ? <h2>{t("title")}</h2> : null}
          {typeof search?.trials === "number" ? <Term meaning={t("trialsMeaning")}><span className={css["count"]} data-testid="trials">{t("trials", { count: search.trials })}</span></Term> : null}
          <IconButton label={t("full")} onClick={onMap}><ExpandIcon /></IconButton>
        </header>
        <LineageTree nodes={nodes} shown={marked} onShow={onShow} onOpen={onOpen} />
      </section>
      {seal ? <SealedPanel seal={seal} /> : null}
      {/* Lists leave the distribution of luck out: it comes with the whole run. */}
      {search && (full.data || search.luck) ? <LuckPanel search={search} /> : null}
    </div>
  );
}
