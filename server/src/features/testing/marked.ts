import { TextDocument } from 'vscode-languageserver-textdocument';
import { type Position, type Range, TextEdit, type WorkspaceEdit } from 'vscode-languageserver-types';
import { families, type Kind } from '../../families';
import { Document, newest } from '../../schema';
import { type FeatureContext, type FolderEntry, nowhere } from '../context';

/** Where a document of a test is and what checks it. */
export interface How {
  readonly kind?: Kind;
  readonly systemd?: number;
  readonly mkosi?: number;
  readonly uri?: string;
}

/** A document with nothing marked. */
export const open = (text: string, { kind = 'nspawn', uri = `file:///work/x.${kind}`, ...target }: How = {}): Document =>
  Document.of(uri, families[kind], text, { ...newest, ...target });

export interface Marked {
  readonly document: Document;
  readonly position: Position;
  /** From the first mark to the last one. */
  readonly range: Range;
}

/** A document, and the places of the `|` in `marked`, which are not part of it. */
export function at(marked: string, how?: How): Marked {
  const pieces = marked.split('|');
  const document = open(pieces.join(''), how);
  const first = pieces[0]?.length ?? 0,
    last = document.text.getText().length - (pieces.at(-1)?.length ?? 0);
  const position = document.text.positionAt(first);
  return { document, position, range: { start: position, end: document.text.positionAt(last) } };
}

/** The text after edits were applied. */
export const applied = ({ text }: Document, edits: readonly TextEdit[]): string => TextDocument.applyEdits(text, [...edits]);

/** The text of one document after a workspace edit. */
export const after = (document: Document, edit: WorkspaceEdit | undefined): string =>
  applied(document, edit?.changes?.[document.uri] ?? []);

/** The text that a range covers. */
export const covered = ({ text }: Document, range: Range): string => text.getText(range);

/** A context made of paths (folders end in a slash), files with a text, names and other documents. */
export function fakeWorld({
  paths: named = [],
  files = {},
  documents = [],
  ...names
}: {
  paths?: readonly string[];
  files?: Readonly<Record<string, string>>;
  documents?: readonly Document[];
} & Partial<Pick<FeatureContext, 'interfaces' | 'users'>> = {}): FeatureContext {
  const paths = [...named, ...Object.keys(files)];
  const entries = (folder: string): FolderEntry[] => {
    const top = folder.endsWith('/') ? folder : `${folder}/`;
    const below = paths.filter((p) => p.startsWith(top) && p !== top).map((p) => p.slice(top.length));
    return [...new Map(below.map((p) => [p.split('/')[0] ?? '', p.includes('/')]))].map(([name, isFolder]) => ({ name, folder: isFolder }));
  };
  return {
    ...nowhere,
    ...names,
    entries,
    documents: () => documents,
    text: (path) => files[path],
    exists: (path) => paths.some((p) => p === path || p.startsWith(`${path}/`)),
  };
}
