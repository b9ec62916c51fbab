/** The whole lineage in place of the conversation. */

import { useTranslation } from "react-i18next";

import { LineageMap } from "@/features/lineage/LineageMap";
import type { TreeNode } from "@/features/lineage/tree";
import { Button } from "@/ui/controls";
import { BackIcon } from "@/ui/icons";

import css from "./Workspace.module.css";

interface MapViewProps {
  readonly nodes: readonly TreeNode[];
  readonly shown: string | null;
  readonly onShow: (node: TreeNode) => void;
  readonly onOpen: (node: TreeNode) => void;
  readonly onBack: () => void;
}

export function MapView({ nodes, shown, onShow, onOpen, onBack }: MapViewProps) {
  const { t } = useTranslation("lineage");
  return (
    <div className={css["mapView"]}>
      <header className={css["mapHead"]}>
        <Button small look="ghost" onClick={onBack}><BackIcon size={14} /> {t("back")}</Button>
        <h2>{t("mapTitle")}</h2>
        <span className="muted">{t("mapCaption")}</span>
      </header>
      <LineageMap nodes={nodes} shown={shown} onShow={onShow} onOpen={onOpen} />
    </div>
  );
}
