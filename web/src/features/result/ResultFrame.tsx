/** Around every tab: what is doubtful about the data, and where its numbers come from. */

import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { RunResult } from "@/api/types";
import { pick } from "@/lib/i18n";
import { ProvenanceProvider, type Provenance } from "@/ui/Card";
import { TextButton } from "@/ui/controls";
import { Strip } from "@/ui/states";

interface ResultFrameProps {
  readonly result: RunResult;
  readonly provenance: Provenance;
  readonly warn: boolean;
  readonly onShowWarnings: () => void;
  readonly children: ReactNode;
}

const ROOM = 120;

function Warnings({ result, onShow }: { result: RunResult; onShow: () => void }) {
  const { t, i18n } = useTranslation("result");
  const [open, setOpen] = useState(false);
  const warnings = result.warnings ?? [];
  if (warnings.length === 0) return null;
  const joined = warnings.map((warning) => pick(warning, i18n.language)).join(t("joiner"));
  const long = !open && joined.length > ROOM;
  return (
    <Strip action={<TextButton onClick={onShow}>{t("effects")}</TextButton>}>
      {t("warningCount", { count: warnings.length })}
      {long ? `${joined.slice(0, ROOM - 2)}… ` : joined}
      {long ? <TextButton onClick={() => setOpen(true)}>{t("allWarnings")}</TextButton> : null}
    </Strip>
  );
}

export function ResultFrame({ result, provenance, warn, onShowWarnings, children }: ResultFrameProps) {
  return (
    <ProvenanceProvider value={provenance}>
      {warn ? <Warnings result={result} onShow={onShowWarnings} /> : null}
      {children}
    </ProvenanceProvider>
  );
}
