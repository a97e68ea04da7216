import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Position, Range } from 'vscode-languageserver-types';
import { Document, newest } from '../../schema';
import {
  completion,
  definition,
  diagnostics,
  documentSymbols,
  enter,
  fixAll,
  fixes,
  folding,
  formatting,
  highlights,
  hover,
  inlayHints,
  links,
  prepareRename,
  refactorings,
  references,
  rename,
  selection,
  signature,
  tokens,
  workspaceSymbols,
} from '../index';
import { fakeWorld } from './marked';

const world = fakeWorld({ paths: ['/etc/passwd'] });
const middle = ({ text }: Document): Position => text.positionAt(Math.floor(text.getText().length / 2));
/** After the first equals sign. */
const early = ({ text }: Document): Position => text.positionAt(text.getText().indexOf('=') + 1);
const last = ({ text }: Document): Position => text.positionAt(text.getText().length - 1);
const here = (d: Document): Range => ({ start: middle(d), end: middle(d) });
const whole = ({ text }: Document): Range => ({ start: { line: 0, character: 0 }, end: { line: text.lineCount, character: 0 } });
const typed = (d: Document, at: Position): Document => {
  const offset = d.text.offsetAt(at),
    text = TextDocument.create(d.uri, d.format.kind, 0, d.text.getText());
  return d.edited(TextDocument.update(text, [{ range: { start: at, end: at }, text: 'x' }], 1), {
    start: offset,
    end: offset,
    newLength: 1,
  });
};

/** Everything that is asked of a document. */
export const work: Readonly<Record<string, (document: Document) => unknown>> = {
  reading: (d) => Document.of(d.uri, d.format, d.text.getText(), { ...newest, [d.format.release]: d.edition.version }),
  editing: (d) => typed(d, middle(d)),
  editingAbove: (d) => typed(d, early(d)),
  diagnostics: (d) => diagnostics({ document: d, launch: 'unit', trusted: true }),
  untrusted: (d) => diagnostics({ document: d, launch: 'command', trusted: false }),
  fixes: (d) => fixes({ document: d, launch: 'unit', trusted: true }, here(d)),
  allFixes: (d) => fixes({ document: d, launch: 'unit', trusted: true }, whole(d)),
  fixAll: (d) => fixAll({ document: d, launch: 'unit', trusted: true }),
  refactorings: (d) => refactorings(d, here(d)),
  completion: (d) => completion(d, middle(d), world),
  completionAbove: (d) => completion(d, early(d), world),
  completionBelow: (d) => completion(d, last(d), world),
  hover: (d) => hover(d, middle(d)),
  signature: (d) => signature(d, middle(d)),
  formatting: (d) => formatting(d),
  range: (d) => formatting(d, { start: middle(d), end: { line: middle(d).line + 5, character: 0 } }),
  enter: (d) => enter(d, middle(d)),
  folding: (d) => folding(d),
  symbols: (d) => documentSymbols(d),
  workspaceSymbols: (d) => workspaceSymbols(fakeWorld({ documents: [d] }), ''),
  highlights: (d) => highlights(d, middle(d)),
  links: (d) => links(d, world),
  selection: (d) => selection(d, [middle(d), early(d)]),
  definition: (d) => definition(d, middle(d), world),
  references: (d) => references(d, middle(d), world),
  prepareRename: (d) => prepareRename(d, middle(d), world),
  rename: (d) => rename(d, middle(d), 'x', world),
  inlay: (d) => inlayHints(d, whole(d)),
  tokens: (d) => tokens(d),
};
