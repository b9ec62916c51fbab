/** The editor page: the workbench, examples to start from, and the way to the research page. */

import { Menu } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { EXAMPLES } from "@/features/examples/Examples";
import { useEditorText } from "@/features/editor/useEditorText";
import { Workbench } from "@/features/editor/Workbench";
import { handover } from "@/lib/handover";
import { useHeading } from "@/lib/title";
import { CodeLine } from "@/ui/Code";
import { Button } from "@/ui/controls";

import css from "./EditorPage.module.css";

export default function EditorPage() {
  const { t } = useTranslation(["editor", "examples"]);
  const navigate = useNavigate();
  const draft = useEditorText();
  useHeading({ title: t("title"), trail: useMemo(() => [{ label: t("parent"), to: "/" }], [t]) });

  const send = (text: string, run: boolean) => {
    handover.give(text, run);
    void navigate({ to: "/" } as never);
  };
  // The examples are written in our words.
  const begin = (expression: string) => {
    draft.setText(expression);
    void navigate({ to: ".", search: (old: Record<string, unknown>) => ({ ...old, dialect: undefined }), replace: true, resetScroll: false } as never);
  };
  const examples = (
    <Menu position="bottom-end" withinPortal width="min(600px, 92vw)">
      <Menu.Target>
        <Button>{t("examples")}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {EXAMPLES.map((example) => (
          <Menu.Item key={example.id} onClick={() => begin(example.expression)}>
            <span className={css["example"]}>
              {t(`examples:${example.id}_idea`)}
              <CodeLine text={example.expression} />
            </span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
  return <Workbench draft={draft} tools={examples} onRun={(text) => send(text, true)} onSentence={(text) => send(text, false)} />;
}
