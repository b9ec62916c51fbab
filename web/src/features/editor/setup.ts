/** The parts of the editor. Tab is not taken, except to walk through placeholders and to accept a completion. */

import { acceptCompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { linter, lintKeymap } from "@codemirror/lint";
import { EditorState, Prec, type Extension } from "@codemirror/state";
import { EditorView, highlightActiveLineGutter, keymap, lineNumbers, placeholder } from "@codemirror/view";

import { codeColours } from "./colours";
import { completion, type Knowledge } from "./completion";
import { MOST_CHARACTERS } from "./limits";
import { editorTheme } from "./theme";

export interface Actions {
  run: () => void;
  mend: () => boolean;
  format: () => void;
  save: () => void;
  changed: (text: string) => void;
  tooLong: (length: number) => void;
}

export interface EditorTexts {
  readonly label: string;
  readonly describedBy: string;
  readonly placeholder: string;
  readonly phrases: Record<string, string>;
}

const does = (act: () => void) => () => {
  act();
  return true;
};

export function editorParts(know: Knowledge, actions: Actions, texts: EditorTexts): Extension {
  return [
    Prec.highest(
      keymap.of([
        { key: "Mod-Enter", run: does(() => actions.run()), stopPropagation: true },
        { key: "Alt-Enter", run: () => actions.mend(), stopPropagation: true },
        { key: "Shift-Alt-f", run: does(() => actions.format()), stopPropagation: true, preventDefault: true },
        { key: "Mod-s", run: does(() => actions.save()), stopPropagation: true, preventDefault: true },
      ]),
    ),
    Prec.high(keymap.of([{ key: "Tab", run: acceptCompletion }])),
    lineNumbers(),
    highlightActiveLineGutter(),
    history(),
    bracketMatching(),
    closeBrackets(),
    EditorView.lineWrapping,
    codeColours,
    completion(know),
    linter(null),
    EditorState.phrases.of(texts.phrases),
    placeholder(texts.placeholder),
    EditorView.contentAttributes.of({
      "aria-label": texts.label,
      "aria-describedby": texts.describedBy,
      spellcheck: "false",
      autocapitalize: "off",
      autocorrect: "off",
      "data-expression-editor": "",
    }),
    EditorState.transactionFilter.of((transaction) => {
      if (!transaction.docChanged || transaction.newDoc.length <= MOST_CHARACTERS || transaction.newDoc.length <= transaction.startState.doc.length) return transaction;
      actions.tooLong(transaction.newDoc.length);
      return [];
    }),
    EditorView.updateListener.of((update) => {
      // While a word is being composed its letters are not yet the text; the end of the composition brings an update of its own.
      if (update.docChanged && !update.view.composing) actions.changed(update.state.doc.toString());
    }),
    EditorView.domEventHandlers({
      compositionend: (_event, view) => {
        queueMicrotask(() => actions.changed(view.state.doc.toString()));
        return false;
      },
    }),
    keymap.of([
      ...closeBracketsKeymap,
      ...defaultKeymap.filter((binding) => binding.key !== "Mod-Enter"),
      ...historyKeymap,
      ...lintKeymap.filter((binding) => binding.key === "F8"),
      { key: "Escape", run: (view) => (view.contentDOM.blur(), true) },
    ]),
    editorTheme,
  ];
}
