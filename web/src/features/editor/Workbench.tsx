/** The expression editor with everything around it: findings, facts, words, palette. */

import { useMediaQuery } from "@mantine/hooks";
import { lazy, Suspense, useCallback, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { useKeptFactors } from "@/api/library";
import { useOperators } from "@/api/operators";
import { useValidation } from "@/api/queries";
import { useFaultText } from "@/lib/faultText";
import { integer } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { broken } from "@/lib/lexer";
import { isUnfinished, mendOf, spanOf } from "@/lib/mend";
import { Boundary } from "@/ui/Boundary";
import { Button, TextButton } from "@/ui/controls";
import { Sheet } from "@/ui/Sheet";
import { DataView, Skeleton, Strip } from "@/ui/states";

import css from "./Editor.module.css";
import type { EditorHandle, Remark } from "./ExpressionEditor";
import { FactTiles, useFacts } from "./Facts";
import { Findings, type Finding } from "./Findings";
import { Palette } from "./Palette";
import { SymbolRow } from "./SymbolRow";
import { offersOf } from "./vocabulary";
import type { EditorText } from "./useEditorText";

const ExpressionEditor = lazy(() => import("./ExpressionEditor"));

const FINDINGS = "editor-findings";

interface WorkbenchProps {
  readonly draft: EditorText;
  /** More buttons of the head: examples. */
  readonly tools?: ReactNode;
  readonly onRun: (text: string) => void;
  /** The text reads as a sentence; take it to where sentences are read. */
  readonly onSentence: (text: string) => void;
}

export function Workbench({ draft, tools, onRun, onSentence }: WorkbenchProps) {
  const { t, i18n } = useTranslation(["workbench", "mend"]);
  const { text, setText, earlier, forgetEarlier } = draft;
  const vocabulary = useOperators();
  const kept = useKeptFactors();
  const check = useValidation(text);
  const faultText = useFaultText();
  const editor = useRef<EditorHandle>(null);
  const wide = useMediaQuery("(min-width: 1180px)", undefined, { getInitialValueInEffect: false }) ?? true;
  const phone = useMediaQuery("(max-width: 767px)", undefined, { getInitialValueInEffect: false }) ?? false;
  const [palette, setPalette] = useState(false);
  const [tooLong, setTooLong] = useState<number | null>(null);
  const [focused, setFocused] = useState(false);

  const now = check.now;
  const facts = now?.valid ? now : check.lastValid;
  const stale = text.trim() !== "" && facts !== null && facts !== now;
  const tiles = useFacts(facts);
  const ready = now?.valid === true;

  const change = useCallback(
    (next: string) => {
      setTooLong(null);
      setText(next);
    },
    [setText],
  );

  const findings = useMemo<Finding[]>(() => {
    if (!now || !text.trim() || now.words) return [];
    if (now.error) {
      const change = mendOf(text, now.error);
      const mark = isUnfinished(text, now.error) ? "doubt" : "fail";
      return [{ key: "error", mark, text: faultText(now.error, text), ...spanOf(text, now.error), ...(change ? { mend: () => editor.current?.replace(change.from, change.to, change.by) } : {}) }];
    }
    return (now.notices ?? []).map((notice) => ({ key: `${notice.code}-${notice.start}`, mark: "doubt" as const, text: pick(notice, i18n.language), ...spanOf(text, notice) }));
  }, [now, text, faultText, i18n.language]);
  const remarks = useMemo<Remark[]>(() => findings.map(({ mark, from, to, text: said }) => ({ from, to, text: said, tone: mark === "fail" ? "error" : "warning" })), [findings]);

  const offers = useMemo(() => (vocabulary.data ? offersOf(vocabulary.data, kept.data ?? []) : []), [vocabulary.data, kept.data]);
  const know = {
    offers,
    vocabulary: vocabulary.data,
    words: {
      language: i18n.language,
      takes: (kind: string) => t(`takes_${kind}`, { defaultValue: kind }),
      unit: (unit: string) => t(`mend:unit_${unit}`, { defaultValue: unit }),
      kept: t("keptFactor"),
    },
  };
  const format = () => {
    if (now?.valid) editor.current?.replace(0, text.length, broken(now.canonical ?? text));
  };
  const run = () => {
    if (ready) onRun(text.trim());
  };
  const actions = {
    run,
    mend: () => {
      const first = findings.find((finding) => finding.mend);
      first?.mend?.();
      return first !== undefined;
    },
    format,
    save: () => undefined,
    changed: change,
    tooLong: setTooLong,
  };
  const texts = useMemo(
    () => ({
      label: t("label"),
      describedBy: FINDINGS,
      placeholder: t("placeholder"),
      phrases: { Completions: t("completions"), "Selection deleted": t("selectionDeleted"), "Control character": t("controlCharacter") },
    }),
    [t],
  );
  const words = facts ? pick({ zh: facts.words_zh ?? null, en: facts.words_en ?? null }, i18n.language) : "";
  const insert = (template: (selected: string) => string) => {
    setPalette(false);
    editor.current?.insert(template);
  };
  const paletteView = <DataView of={vocabulary} height={420}>{(data) => <Palette vocabulary={data} onInsert={insert} />}</DataView>;

  return (
    <div className={css["bench"]} data-testid="editor">
      <div className={css["main"]}>
        <header className={css["head"]}>
          <h2>{t("heading")}</h2>
          {tools}
          {wide ? null : <Button onClick={() => setPalette(true)}>{t("palette")}</Button>}
          <Button onClick={format} disabled={!ready} title={t("formatKeys")}>{t("format")}</Button>
          <Button look="primary" onClick={run} disabled={!ready} data-testid="editor-run">
            {t("run")} {phone ? null : <kbd className={css["runKey"]}>Ctrl ⏎</kbd>}
          </Button>
        </header>
        {earlier !== null ? (
          <Strip calm action={<><TextButton onClick={() => { setText(earlier); forgetEarlier(); }}>{t("bringBack")}</TextButton> <TextButton onClick={forgetEarlier}>{t("dismiss")}</TextButton></>}>
            {t("earlier")}
          </Strip>
        ) : null}
        <div className={css["box"]} onFocus={() => setFocused(true)} onBlur={(event) => { if (!event.currentTarget.contains(event.relatedTarget)) setFocused(false); }}>
          <Boundary>
            <Suspense fallback={<div className={css["waiting"]}><Skeleton height={100} /></div>}>
              <ExpressionEditor value={text} texts={texts} know={know} actions={actions} remarks={remarks} handle={editor} autoFocus={!phone} />
            </Suspense>
          </Boundary>
        </div>
        {tooLong === null ? null : <Strip>{t("tooLong", { length: integer(tooLong) })}</Strip>}
        <Findings id={FINDINGS} findings={findings} onShow={(from, to) => editor.current?.select(from, to)} />
        {now?.words ? <Strip calm action={<Button small onClick={() => onSentence(text.trim())}>{t("toResearch")}</Button>}>{t("sentence")}</Strip> : null}
        {check.failure && !now ? <Strip>{check.failure.offline ? t("noCheck") : check.failure.message}</Strip> : null}
        <FactTiles facts={tiles} stale={stale} />
        {words ? <p className={css["words"]} data-testid="in-words">{t("inWords")}{words}{stale ? <span className="muted"> {t("stale")}</span> : null}</p> : null}
      </div>
      {wide ? <aside className={css["aside"]} aria-label={t("palette")}>{paletteView}</aside> : <Sheet title={t("palette")} open={palette} onClose={() => setPalette(false)} flush>{paletteView}</Sheet>}
      {phone && focused ? <SymbolRow onSign={(sign) => editor.current?.insert(() => sign)} onUndo={() => editor.current?.undo()} /> : null}
    </div>
  );
}
