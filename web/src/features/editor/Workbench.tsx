/** The expression editor with everything around it: findings, facts, words, palette. */

import { useMediaQuery } from "@mantine/hooks";
import { lazy, Suspense, useCallback, useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { DIALECTS, useDescription, type InDialect } from "@/api/expressions";
import { useKeptFactors } from "@/api/library";
import { useOperators } from "@/api/operators";
import { useMarket } from "@/api/queries";
import { integer } from "@/lib/format";
import { pick } from "@/lib/i18n";
import { shortcuts, type Shortcut } from "@/lib/keys";
import { useRefusalText } from "@/lib/refusal";
import { Boundary } from "@/ui/Boundary";
import { Button, Segmented, TextButton } from "@/ui/controls";
import { Sheet } from "@/ui/Sheet";
import { DataView, Skeleton, Strip } from "@/ui/states";

import css from "./Editor.module.css";
import type { EditorHandle, Remark } from "./ExpressionEditor";
import { FactTiles, useFacts } from "./Facts";
import { MOST_CHARACTERS, MOST_SESSIONS } from "./limits";
import { Findings } from "./Findings";
import { KeepDialog } from "./KeepDialog";
import { Palette } from "./Palette";
import { SymbolRow } from "./SymbolRow";
import { useDialect, useDialectOfAddress } from "./useDialect";
import type { EditorText } from "./useEditorText";
import { useFindings } from "./useFindings";
import { offersOf } from "./vocabulary";
import { Words } from "./Words";

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
  const refusalText = useRefusalText();
  const { text, setText, earlier, forgetEarlier } = draft;
  const dialect = useDialectOfAddress();
  const vocabulary = useOperators(dialect);
  const kept = useKeptFactors();
  const market = useMarket();
  const check = useDescription(text, dialect, market.data?.market);
  const editor = useRef<EditorHandle>(null);
  const wide = useMediaQuery("(min-width: 1180px)", undefined, { getInitialValueInEffect: false }) ?? true;
  const phone = useMediaQuery("(max-width: 767px)", undefined, { getInitialValueInEffect: false }) ?? false;
  const [palette, setPalette] = useState(false);
  const [tooLong, setTooLong] = useState<number | null>(null);
  const [focused, setFocused] = useState(false);
  const [keeping, setKeeping] = useState<string | null>(null);

  const now = check.now;
  const facts = now?.valid ? now : check.lastValid;
  const stale = text.trim() !== "" && facts !== null && facts !== now;
  const tiles = useFacts(facts);
  const written = now?.valid ? (dialect === "qlib" ? (now.dialects?.native ?? null) : { text: text.trim(), exact: true, notes: [] }) : null;
  const runnable = written?.text ?? null;
  const said = (notes: InDialect["notes"]) => notes.map((note) => [note.operators.join(", "), pick(note, i18n.language)].filter(Boolean).join(" — ")).join(t("joiner"));

  const change = useCallback(
    (next: string) => {
      setTooLong(null);
      setText(next);
    },
    [setText],
  );
  const names = useDialect(dialect, text, now, change);
  const offers = useMemo(() => (vocabulary.data ? offersOf(vocabulary.data, dialect === "qlib" ? [] : (kept.data ?? [])) : []), [vocabulary.data, kept.data, dialect]);
  const findings = useFindings(now, text, offers, editor);
  const remarks = useMemo<Remark[]>(() => findings.map(({ mark, from, to, text: about }) => ({ from, to, text: about, tone: mark === "fail" ? "error" : "warning" })), [findings]);
  const know = {
    offers,
    vocabulary: vocabulary.data,
    words: {
      language: i18n.language,
      takes: (kind: string) => t(`takes_${kind}`, { defaultValue: kind, most: integer(MOST_SESSIONS) }),
      unit: (unit: string) => t(`mend:unit_${unit}`, { defaultValue: unit }),
      kept: t("keptFactor"),
    },
  };

  const run = () => {
    if (runnable !== null) onRun(runnable);
  };
  const mend = () => {
    const first = findings.find((finding) => finding.mend);
    first?.mend?.();
    return first !== undefined;
  };
  const format = () => {
    if (now?.valid && now.pretty) editor.current?.replace(0, text.length, now.pretty);
  };
  const save = () => {
    if (runnable !== null) setKeeping(runnable);
  };
  const actions = { run, mend, format, save, changed: change, tooLong: setTooLong };
  const live = useRef(actions);
  live.current = actions;
  shortcuts.useEntries(
    useMemo<Shortcut[]>(
      () => [
        { keys: "Ctrl+Enter", label: t("keys_run"), run: () => live.current.run(), whileTyping: true },
        { keys: "Alt+Enter", label: t("keys_mend"), run: () => void live.current.mend(), whileTyping: true },
        { keys: "Shift+Alt+F", label: t("format"), run: () => live.current.format(), whileTyping: true },
        { keys: "Ctrl+S", label: t("keepTitle"), run: () => live.current.save(), whileTyping: true },
      ],
      [t],
    ),
  );
  const texts = useMemo(
    () => ({
      label: t("label"),
      describedBy: FINDINGS,
      placeholder: t("placeholder"),
      phrases: { Completions: t("completions"), "Selection deleted": t("selectionDeleted"), "Control character": t("controlCharacter") },
    }),
    [t],
  );
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
          <Segmented label={t("dialect")} value={dialect} options={DIALECTS.map((value) => ({ value, label: t(`dialect_${value}`) }))} onChange={names.choose} />
          {tools}
          {wide ? null : <Button onClick={() => setPalette(true)}>{t("palette")}</Button>}
          <Button onClick={format} disabled={!now?.valid} title={t("formatKeys")}>{t("format")}</Button>
          <Button onClick={save} disabled={runnable === null} title={t("keepKeys")}>{t("keep")}</Button>
          <Button look="primary" onClick={run} disabled={runnable === null} data-testid="editor-run">
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
        {tooLong === null ? null : <Strip>{t("tooLong", { length: integer(tooLong), most: integer(MOST_CHARACTERS) })}</Strip>}
        {names.refused ? <Strip action={<TextButton onClick={names.forgetRefusal}>{t("dismiss")}</TextButton>}>{t(`noTwin_${dialect === "qlib" ? "quantgpt" : "qlib"}`, { what: said(names.refused) })}</Strip> : null}
        <Findings id={FINDINGS} findings={findings} onShow={(from, to) => editor.current?.select(from, to)} />
        {now?.words ? <Strip calm action={<Button small onClick={() => onSentence(text.trim())}>{t("toResearch")}</Button>}>{t("sentence")}</Strip> : null}
        {written && written.text === null ? <Strip>{t("notRunnable", { what: said(written.notes) })}</Strip> : null}
        {written && written.text !== null && !written.exact ? <Strip calm>{t("numbersDiffer", { what: said(written.notes) })}</Strip> : null}
        {check.failure ? <Strip>{check.failure.offline ? t("noCheck") : refusalText(check.failure).title}</Strip> : null}
        <FactTiles facts={tiles} stale={stale} />
        {facts ? <Words facts={facts} stale={stale} /> : null}
      </div>
      {wide ? <aside className={css["aside"]} aria-label={t("palette")}>{paletteView}</aside> : <Sheet title={t("palette")} open={palette} onClose={() => setPalette(false)} flush>{paletteView}</Sheet>}
      {phone && focused ? <SymbolRow onSign={(sign) => editor.current?.insert(() => sign)} onUndo={() => editor.current?.undo()} /> : null}
      <KeepDialog expression={keeping} onClose={() => setKeeping(null)} />
    </div>
  );
}
