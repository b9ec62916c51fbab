/** Code colours from the same lexer as everywhere else on the page; only what is in view is painted. */

import { RangeSetBuilder } from "@codemirror/state";
import { Decoration, ViewPlugin, type DecorationSet, type EditorView, type ViewUpdate } from "@codemirror/view";

import { pieces, type TokenKind } from "@/lib/lexer";

const MARKS: Partial<Record<TokenKind, Decoration>> = Object.fromEntries(
  (["function", "field", "number", "operator"] as const).map((kind) => [kind, Decoration.mark({ class: `tok-${kind}` })]),
);

function paint(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const text = view.state.doc.toString();
  const shown = view.visibleRanges;
  for (const piece of pieces(text)) {
    const mark = MARKS[piece.kind];
    const to = piece.start + piece.text.length;
    if (mark && shown.some((range) => piece.start < range.to && to > range.from)) builder.add(piece.start, to, mark);
  }
  return builder.finish();
}

export const codeColours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = paint(view);
    }

    update(update: ViewUpdate) {
      if (update.docChanged || update.viewportChanged) this.decorations = paint(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);
