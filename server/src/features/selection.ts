import type { Position, SelectionRange } from 'vscode-languageserver-types';
import type { Document } from '../schema';
import { firstWhere, inDocument, type Span } from '../syntax';
import { rangeOf, readingOf, spanOf, within } from './lookup';

/** For each position the steps outwards: part of a value, value, assignment, section, document. */
export const selection = (document: Document, positions: readonly Position[]): SelectionRange[] =>
  positions.map((position) => stepsAt(document, document.text.offsetAt(position)));

function stepsAt(document: Document, offset: number): SelectionRange {
  const { tree, text } = document;
  const steps: Span[] = [{ start: 0, end: text.getText().length }];
  const index = tree.indexAt(offset),
    placed = tree.at(index);
  if (placed !== undefined) {
    const { line, start } = placed;
    steps.push(sectionAround(document, index));
    switch (line.kind) {
      case 'header':
        steps.push(inDocument(start, line.whole.span()), inDocument(start, line.name.span()));
        break;
      case 'stray':
        steps.push(inDocument(start, line.text.span()));
        break;
      case 'comment':
        for (const c of line.comments) steps.push(inDocument(start, c));
        break;
      case 'assignment': {
        const key = inDocument(start, line.key.span()),
          value = inDocument(start, line.value.span());
        steps.push({ start: key.start, end: Math.max(key.end, value.end, start + line.equals + 1) }, key, value);
        const assigned = document.assignedAt(index);
        if (assigned !== undefined) for (const part of readingOf(document, assigned)?.parts ?? []) steps.push(spanOf(assigned, part));
        break;
      }
      case 'blank':
        break;
    }
  }
  return chain(
    document,
    steps.filter((s) => within(s, offset)),
  );
}

/** From the header above a line to the next header; before the first one, everything up to it. */
function sectionAround({ tree }: Document, index: number): Span {
  const next = tree.headers[firstWhere(tree.headers.length, (i) => (tree.headers[i] ?? 0) > index)] ?? tree.lines.length;
  return { start: tree.headerAbove(index)?.start ?? 0, end: tree.starts[next] ?? 0 };
}

/** Spans from the outermost inwards as one chain; one that does not lie inside the step before it is left out. */
function chain(document: Document, spans: readonly Span[]): SelectionRange {
  let step: SelectionRange | undefined, around: Span | undefined;
  for (const span of spans) {
    const inside =
      around === undefined || (span.start >= around.start && span.end <= around.end && span.end - span.start < around.end - around.start);
    if (!inside) continue;
    step = { range: rangeOf(document, span), ...(step === undefined ? {} : { parent: step }) };
    around = span;
  }
  return step ?? { range: rangeOf(document, { start: 0, end: 0 }) };
}
