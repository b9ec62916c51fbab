/** CodeMirror inside React. The text lives in the editor; the page hears of every change and may put another text in. */

import { snippet } from "@codemirror/autocomplete";
import { setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, type Ref } from "react";

import css from "./Editor.module.css";
import type { Knowledge } from "./completion";
import { editorParts, type Actions, type EditorTexts } from "./setup";

/** A place in the text and what is said about it. */
export interface Remark {
  readonly from: number;
  readonly to: number;
  readonly tone: "error" | "warning";
  readonly text: string;
  readonly mend?: { readonly label: string; readonly run: () => void };
}

export interface EditorHandle {
  readonly focus: () => void;
  /** Put a template at the cursor; what is selected goes into its first place. */
  readonly insert: (template: (selected: string) => string) => void;
  /** Exchange the whole text; one step of undo. */
  readonly replace: (from: number, to: number, by: string) => void;
  readonly select: (from: number, to: number) => void;
  readonly undo: () => void;
}

interface ExpressionEditorProps {
  readonly value: string;
  readonly texts: EditorTexts;
  readonly know: Knowledge;
  readonly actions: Actions;
  readonly remarks: readonly Remark[];
  readonly handle: Ref<EditorHandle>;
  readonly autoFocus: boolean;
}

export default function ExpressionEditor({ value, texts, know, actions, remarks, handle, autoFocus }: ExpressionEditorProps) {
  const box = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const parts = useRef(new Compartment());
  /** The newest knowledge and actions, read by an editor that is built once. */
  const live = useRef({ know: { ...know }, actions: { ...actions } });
  const first = useRef({ value, texts, autoFocus });

  useLayoutEffect(() => {
    Object.assign(live.current.know, know);
    Object.assign(live.current.actions, actions);
  });

  useLayoutEffect(() => {
    if (!box.current) return;
    const begin = first.current;
    const made = new EditorView({
      parent: box.current,
      state: EditorState.create({ doc: begin.value, extensions: parts.current.of(editorParts(live.current.know, live.current.actions, begin.texts)) }),
    });
    view.current = made;
    made.dispatch({ selection: { anchor: made.state.doc.length } });
    if (begin.autoFocus) made.focus();
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);

  const built = useRef(texts);
  useEffect(() => {
    if (built.current === texts) return;
    built.current = texts;
    view.current?.dispatch({ effects: parts.current.reconfigure(editorParts(live.current.know, live.current.actions, texts)) });
  }, [texts]);

  useEffect(() => {
    const now = view.current;
    if (!now || now.composing || now.state.doc.toString() === value) return;
    now.dispatch({ changes: { from: 0, to: now.state.doc.length, insert: value }, selection: { anchor: value.length } });
  }, [value]);

  useEffect(() => {
    const now = view.current;
    if (!now) return;
    const length = now.state.doc.length;
    const shown = remarks
      .filter((remark) => remark.from <= length)
      .map((remark): Diagnostic => ({ from: remark.from, to: Math.min(remark.to, length), severity: remark.tone, message: remark.text }));
    now.dispatch(setDiagnostics(now.state, shown));
  }, [remarks]);

  useImperativeHandle(handle, () => ({
    focus: () => view.current?.focus(),
    insert: (template) => {
      const now = view.current;
      if (!now) return;
      const { from, to } = now.state.selection.main;
      snippet(template(now.state.sliceDoc(from, to)))(now, null, from, to);
      now.focus();
    },
    replace: (from, to, by) => {
      view.current?.dispatch({ changes: { from, to, insert: by }, selection: { anchor: from + by.length }, scrollIntoView: true, userEvent: "input" });
      view.current?.focus();
    },
    select: (from, to) => {
      view.current?.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
      view.current?.focus();
    },
    undo: () => {
      void import("@codemirror/commands").then(({ undo }) => view.current && undo(view.current));
    },
  }));

  return <div ref={box} className={css["code"]} data-testid="expression-editor" />;
}
