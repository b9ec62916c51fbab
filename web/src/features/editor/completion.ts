/** Completion after two letters, and the help inside the brackets of a call. */

import { autocompletion, completionStatus, hasNextSnippetField, snippet, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { StateField, type EditorState, type Extension } from "@codemirror/state";
import { EditorView, showTooltip, type Tooltip } from "@codemirror/view";

import type { Vocabulary } from "@/api/operators";

import { offerNote, signatureNote, type NoteWords } from "./notes";
import { callAt, fitting, operatorNamed, type Offer } from "./vocabulary";

/** What the editor knows at the moment; read anew at every key. */
export interface Knowledge {
  offers: readonly Offer[];
  vocabulary: Vocabulary | undefined;
  words: NoteWords;
}

const MOST_SHOWN = 60;
const TYPED = /[\p{L}_$][\p{L}\p{N}_]*$/u;

function optionOf(offer: Offer, know: Knowledge): Completion {
  return {
    label: offer.label,
    detail: offer.kind === "field" ? know.words.unit(offer.detail) : offer.kind === "factor" ? know.words.kept : offer.detail,
    type: offer.kind,
    info: () => offerNote(offer, know.words),
    apply: (view, completion, from, to) => {
      // Before an opening bracket only the name is missing.
      const called = offer.kind === "function" && view.state.sliceDoc(to, to + 1) === "(";
      if (called) view.dispatch({ changes: { from, to, insert: offer.label }, selection: { anchor: from + offer.label.length + 1 }, userEvent: "input.complete" });
      else snippet(offer.template)(view, completion, from, to);
    },
  };
}

export function completionSource(know: Knowledge) {
  return (context: CompletionContext): CompletionResult | null => {
    const typed = context.matchBefore(TYPED);
    const length = typed ? typed.to - typed.from : 0;
    if (!context.explicit && length < 2) return null;
    const found = typed ? fitting(know.offers, typed.text) : know.offers;
    // A complete word needs no list when nothing longer begins with it, or while Tab should go on to the next place.
    const complete = typed !== null && found[0]?.label === typed.text;
    if (!context.explicit && complete && (hasNextSnippetField(context.state) || !found.slice(1).some((offer) => offer.label.startsWith(typed.text)))) return null;
    if (found.length === 0) return null;
    return { from: typed?.from ?? context.pos, filter: false, options: found.slice(0, MOST_SHOWN).map((offer) => optionOf(offer, know)) };
  };
}

function signatureAt(state: EditorState, know: Knowledge): readonly Tooltip[] {
  const call = callAt(state.doc.toString(), state.selection.main.from);
  const operator = call ? operatorNamed(know.vocabulary, call.name) : undefined;
  if (!call || !operator || operator.places.length === 0) return [];
  // Above the first line stand the buttons.
  const above = state.doc.lineAt(call.from).number > 1;
  return [{ pos: call.from, above, strictSide: false, arrow: false, create: () => ({ dom: signatureNote(operator, call.index, know.words) }) }];
}

/** Shown while the editor has the focus and no list is open; Escape puts it away until the cursor moves. */
function signatureHelp(know: Knowledge): Extension {
  return StateField.define<readonly Tooltip[]>({
    create: () => [],
    update: (shown, transaction) => {
      if (!transaction.docChanged && !transaction.selection) return completionStatus(transaction.state) === "active" ? [] : shown;
      if (transaction.isUserEvent("select.quiet")) return [];
      return signatureAt(transaction.state, know);
    },
    provide: (field) => showTooltip.computeN([field], (state) => (completionStatus(state) === "active" ? [] : state.field(field))),
  });
}

export const completion = (know: Knowledge): Extension => [
  autocompletion({ override: [completionSource(know)], icons: false, activateOnTypingDelay: 60, maxRenderedOptions: MOST_SHOWN }),
  signatureHelp(know),
  EditorView.domEventHandlers({
    blur: (_event, view) => {
      view.dispatch({ selection: view.state.selection, userEvent: "select.quiet" });
      return false;
    },
  }),
];
