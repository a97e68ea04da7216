import { TextDocument } from 'vscode-languageserver-textdocument';
import { type AssignmentLine, type Change, type Dialect, inDocument, type Placed, parse, reparse, type Span, Tree } from '../syntax';
import type { FileFormat } from './format';
import { byEdition, type SchemaVersion } from './schema';
import type { Target } from './schemas';
import type { Setting } from './types';

/** A setting in a document, with the section it is in and the record it answers to. */
export interface Assigned extends Placed<AssignmentLine> {
  /** Name of the section above; undefined before the first header. */
  readonly section: string | undefined;
  readonly setting: Setting | undefined;
}

/**
 * The most characters of a text that is read. No ordinary configuration file has nearly as many; files on disk with more
 * bytes are not read either.
 */
export const mostCharacters = 4 << 20;

/** A text, read by the dialect and checked by the schema of one release. Immutable; `edited` gives its successor. */
export class Document {
  private all: readonly Assigned[] | undefined;
  private found: Map<unknown, unknown> | undefined;

  private constructor(
    readonly uri: string,
    readonly format: FileFormat,
    readonly text: TextDocument,
    readonly tree: Tree,
    readonly edition: SchemaVersion,
    /** Offsets of replacement characters that stand for bytes that are not UTF-8. Editors hand over none. */
    readonly undecodable: readonly number[],
  ) {}

  static open(uri: string, format: FileFormat, text: TextDocument, target: Target, undecodable: readonly number[] = []): Document {
    const edition = format.at(target[format.release]);
    return new Document(uri, format, text, parse(readable(text), dialectOf(edition)), edition, undecodable);
  }

  /** From a plain string, for tests and the checker. */
  static of(uri: string, format: FileFormat, content: string, target: Target, undecodable: readonly number[] = []): Document {
    return Document.open(uri, format, TextDocument.create(uri, format.kind, 0, content), target, undecodable);
  }

  /** It has more text than is read: nothing is known of it, as if it were empty. */
  get tooLarge(): boolean {
    return this.text.getText().length > mostCharacters;
  }

  /** After one change of the text; reads again only what the change touched. */
  edited(text: TextDocument, change: Change): Document {
    const now = readable(text);
    if (this.tooLarge || now.length !== text.getText().length) return this.rewritten(text);
    return new Document(this.uri, this.format, text, reparse(this.tree, now, change), this.edition, []);
  }

  /** With another text in place of all of it. */
  rewritten(text: TextDocument): Document {
    return new Document(this.uri, this.format, text, parse(readable(text), this.tree.dialect), this.edition, []);
  }

  /** For other releases. */
  retargeted(target: Target): Document {
    return Document.open(this.uri, this.format, this.text, target, this.undecodable);
  }

  /** Name of the section that a line is in. */
  sectionAt(index: number): string | undefined {
    return this.tree.headerAbove(index)?.line.name.text;
  }

  /** The setting at a line, if the line is one. */
  assignedAt(index: number): Assigned | undefined {
    const placed = this.tree.at(index);
    return placed?.line.kind === 'assignment' ? this.assigned(index, placed.start)[0] : undefined;
  }

  /** All settings in order, or those on lines that touch a span of the document. */
  assignments(span?: Span): readonly Assigned[] {
    if (span === undefined) return (this.all ??= this.assigned(0, Infinity));
    return this.assigned(this.tree.indexAt(span.start), span.end);
  }

  /**
   * What follows from this document alone, found out once by each finder. It is kept here and not in a WeakMap of the
   * finder's, whose entries outlive every scavenge: documents by the thousand would pile up and be moved about.
   */
  once<T>(find: (document: Document) => T): T {
    this.found ??= new Map();
    if (!this.found.has(find)) this.found.set(find, find(this));
    return this.found.get(find) as T;
  }

  /** LSP range of a span of a line. */
  range(start: number, span: Span): { start: { line: number; character: number }; end: { line: number; character: number } } {
    const { start: from, end } = inDocument(start, span);
    return { start: this.text.positionAt(from), end: this.text.positionAt(end) };
  }

  /** The settings from the line at an index to the one that begins at an offset. */
  private assigned(first: number, end: number): Assigned[] {
    const {
        tree: { lines, starts },
        edition,
      } = this,
      found: Assigned[] = [];
    let section = this.sectionAt(first);
    for (let i = first; i < lines.length; i++) {
      const line = lines[i],
        start = starts[i] ?? 0;
      if (start > end) break;
      if (line?.kind === 'header') section = line.name.text;
      else if (line?.kind === 'assignment') {
        found.push({ line, start, section, setting: section === undefined ? undefined : edition.assigned(section, line.key.text) });
      }
    }
    return found;
  }
}

/** The text as far as it is read: all of it, or nothing. */
function readable(text: TextDocument): string {
  const content = text.getText();
  return content.length > mostCharacters ? '' : content;
}

/** A file is read by its tool's dialect; mkosi takes indented lines in only where it knows the section. */
const dialectOf = byEdition(({ schema, version, sections }: SchemaVersion): Dialect => {
  const dialect = schema.reader.dialect(version);
  return dialect.continuation === 'indent' ? { ...dialect, sections } : dialect;
});
