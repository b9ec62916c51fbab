/** What is wrong or doubtful about the text, place by place, with the press that mends it. */

import { useTranslation } from "react-i18next";

import { Button, MarkIcon, TextButton, type Mark } from "@/ui/controls";

import css from "./Editor.module.css";

export interface Finding {
  readonly key: string;
  readonly mark: Mark;
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** Puts something better in its place. */
  readonly mend?: () => void;
}

interface FindingsProps {
  readonly id: string;
  readonly findings: readonly Finding[];
  readonly onShow: (from: number, to: number) => void;
}

export function Findings({ id, findings, onShow }: FindingsProps) {
  const { t } = useTranslation("workbench");
  const first = findings.find((finding) => finding.mend);
  return (
    <ul id={id} className={css["findings"]} aria-live="polite" aria-label={t("problems")} data-testid="problems">
      {findings.map((finding) => (
        <li key={finding.key} data-mark={finding.mark}>
          <MarkIcon mark={finding.mark} />
          <TextButton className={css["findingText"] ?? ""} onClick={() => onShow(finding.from, finding.to)}>{finding.text}</TextButton>
          {finding.mend ? (
            <>
              <Button small onClick={finding.mend}>{t("replace")}</Button>
              {finding === first ? <kbd className={css["kbd"]}>Alt ⏎</kbd> : null}
            </>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
