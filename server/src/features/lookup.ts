import type { Position, Range } from 'vscode-languageserver-types';
import type { Assigned, Document, Setting } from '../schema';
import { inDocument, isLineEnd, type Span, withoutEnd } from '../syntax';
import { conditionGrammar, grammarOf, type Reading, readingOf as readingOfLine, type ValuePart } from '../values';

/** What is at a place of a document, with the span of its text in the document. */
export type Thing =
  | { readonly kind: 'section'; readonly name: string; readonly span: Span }
  | { readonly kind: 'setting'; readonly assigned: Assigned; readonly span: Span }
  | { readonly kind: 'value'; readonly assigned: Known; readonly reading: Reading; readonly part: ValuePart; readonly span: Span };

/** An assignment of a setting that the schema knows. */
export type Known = Assigned & { readonly setting: Setting };

export const isKnown = (assigned: Assigned | undefined): assigned is Known => assigned?.setting !== undefined;

/**
 * The value of an assignment, taken apart by its grammar; undefined when the type has none.
 * @param text another text to be read as the value
 */
export function readingOf(document: Document, { setting, section, line }: Assigned, text = line.value.text): Reading | undefined {
  if (setting === undefined) return undefined;
  const { edition } = document;
  const condition = section !== undefined && edition.isCondition(section);
  const value = condition ? (setting.matchValue ?? setting.value) : setting.value;
  const grammar = condition ? conditionGrammar(setting.name) : grammarOf(value);
  // What a condition takes is read in its own way, and there are few.
  if (grammar === undefined || condition || text !== line.value.text) return grammar?.read(text, { value, edition });
  return readingOfLine(line, grammar, value, edition);
}

/** Where a part of a value is in the document. */
export const spanOf = ({ line, start }: Assigned, part: Span): Span => inDocument(start, line.value.span(part.start, part.end));

export const within = (span: Span, offset: number): boolean => span.start <= offset && offset <= span.end;

/** What a position points at: a header, the name of a setting or a part of a value. */
export function thingAt(document: Document, position: Position): Thing | undefined {
  const offset = document.text.offsetAt(position);
  const index = document.tree.indexAt(offset),
    placed = document.tree.at(index);
  if (placed === undefined) return undefined;
  const { line, start } = placed;
  if (line.kind === 'header') {
    const span = inDocument(start, line.whole.span());
    return within(span, offset) ? { kind: 'section', name: line.name.text, span } : undefined;
  }
  const assigned = document.assignedAt(index);
  if (assigned === undefined) return undefined;
  const key = inDocument(start, assigned.line.key.span());
  if (within(key, offset)) return { kind: 'setting', assigned, span: key };
  if (!isKnown(assigned)) return undefined;
  const reading = readingOf(document, assigned),
    parts = (reading?.parts ?? []).filter((p) => within(spanOf(assigned, p), offset));
  // Of two parts that meet at the cursor, the one with more to say than an operator.
  const part = parts.find((p) => p.role !== 'operator') ?? parts[0];
  return part === undefined || reading === undefined ? undefined : { kind: 'value', assigned, reading, part, span: spanOf(assigned, part) };
}

/** The text of a line as editors count them, without its end. */
export const lineText = ({ text }: Document, line: number): string =>
  withoutEnd(text.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } }), isLineEnd);

/** Offsets as a range of the protocol. */
export const rangeOf = ({ text }: Document, span: Span): Range => ({ start: text.positionAt(span.start), end: text.positionAt(span.end) });

/** Offsets of a range of the protocol. */
export const offsetsOf = ({ text }: Document, range: Range): Span => ({ start: text.offsetAt(range.start), end: text.offsetAt(range.end) });
