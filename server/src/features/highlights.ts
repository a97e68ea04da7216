import { type DocumentHighlight, DocumentHighlightKind, type Position } from 'vscode-languageserver-types';
import type { Document } from '../schema';
import { inDocument, type Span } from '../syntax';
import { rangeOf, readingOf, spanOf, thingAt } from './lookup';
import { nameAt, namesIn } from './names';

/** The other places of what is at a position: same header, same setting of the section, same word or shared name. */
export function highlights(document: Document, position: Position): DocumentHighlight[] {
  const shared = nameAt(document, document.text.offsetAt(position));
  if (shared !== undefined) {
    return shown(
      document,
      namesIn(document)
        .filter((n) => n.kind === shared.kind && n.name === shared.name)
        .map((n) => n.span),
    );
  }
  const thing = thingAt(document, position);
  if (thing === undefined) return [];
  const spans: Span[] = [];
  if (thing.kind === 'section') {
    for (const { line, start } of document.tree) {
      if (line.kind === 'header' && line.name.text === thing.name) spans.push(inDocument(start, line.whole.span()));
    }
    return shown(document, spans);
  }
  const {
    section,
    line: { key },
  } = thing.assigned;
  for (const other of document.assignments()) {
    if (other.section !== section || (thing.kind === 'setting' && other.line.key.text !== key.text)) continue;
    if (thing.kind === 'setting') {
      spans.push(inDocument(other.start, other.line.key.span()));
    } else if (other.setting?.value.type === thing.assigned.setting.value.type) {
      const word = thing.part.word ?? thing.part.text;
      for (const p of readingOf(document, other)?.parts ?? []) {
        if (p.role === thing.part.role && (p.word ?? p.text) === word) spans.push(spanOf(other, p));
      }
    }
  }
  return shown(document, spans);
}

/** The most places that are marked at once. */
const mostPlaces = 10_000;

const shown = (document: Document, spans: readonly Span[]): DocumentHighlight[] =>
  spans.slice(0, mostPlaces).map((span) => ({ range: rangeOf(document, span), kind: DocumentHighlightKind.Text }));
