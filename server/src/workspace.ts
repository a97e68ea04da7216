import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { DidChangeTextDocumentParams, TextDocumentItem } from 'vscode-languageserver/node';
import type { World } from './features';
import type { Project } from './rules';
import { read } from './files';
import { host } from './host';
import { Document, type Target, editionOf, kindOf, newest, pathOf } from './schema';

/** Where systemd-nspawn looks for files of machines, apart from the images' own folder. */
export const systemFolders: readonly string[] = ['/etc/systemd/nspawn', '/run/systemd/nspawn'];

/** Folders with more files than anybody's project are looked at in part. */
const mostFolders = 20_000;

/**
 * The documents: open ones as the editor has them, and below the folders of the workspace every `.nspawn` file on disk,
 * read when somebody asks for it.
 */
export class Workspace implements World {
  private readonly open = new Map<string, Document>();
  /** URIs of open files by path: clients escape other characters than we would. */
  private readonly byPath = new Map<string, string>();
  /** By URI; undefined: known to exist, not read yet. */
  private readonly onDisk = new Map<string, Document | undefined>();
  private targeted: Target = newest;

  readonly entries = host.entries;
  readonly exists = host.exists;
  readonly text = host.text;
  readonly interfaces = host.interfaces;
  readonly users = host.users;
  /** Set by who knows the projects. */
  project: (document: Document) => Project | undefined = () => undefined;

  get target(): Target {
    return this.targeted;
  }

  /** Judges everything by other releases from now on. */
  set target(target: Target) {
    this.targeted = target;
    for (const uri of this.open.keys()) this.retarget(uri, target);
    for (const uri of this.onDisk.keys()) this.onDisk.set(uri, undefined);
  }

  /** Judges one open document by other releases. */
  retarget(uri: string, target: Target): void {
    const document = this.open.get(uri);
    if (document !== undefined && document.edition !== editionOf(document.kind, target)) this.open.set(uri, document.retargeted(target));
  }

  /** An open document. */
  get(uri: string): Document | undefined {
    return this.open.get(uri);
  }

  /** An open file, by its absolute path. */
  at(file: string): Document | undefined {
    const uri = this.byPath.get(file);
    return uri === undefined ? undefined : this.open.get(uri);
  }

  get opened(): Iterable<string> {
    return this.open.keys();
  }

  * documents(): Generator<Document> {
    yield* this.open.values();
    for (const [uri, known] of this.onDisk) {
      if (this.open.has(uri)) continue;
      const document = known ?? this.load(uri);
      if (document !== undefined) yield document;
    }
  }

  didOpen({ uri, languageId, version, text }: TextDocumentItem): void {
    const file = pathOf(uri), kind = kindOf(file ?? uri) ?? (languageId === 'mkosi' ? 'mkosi' : 'nspawn');
    if (file !== undefined) this.byPath.set(file, uri);
    this.open.set(uri, Document.open(uri, kind, TextDocument.create(uri, languageId, version, text), this.target));
  }

  didChange({ textDocument: { uri, version }, contentChanges }: DidChangeTextDocumentParams): void {
    let document = this.open.get(uri);
    if (document === undefined) return;
    for (const change of contentChanges) {
      const old = document.text;
      if (!('range' in change)) {
        document = document.rewritten(TextDocument.create(uri, old.languageId, version, change.text));
        continue;
      }
      const [start = 0, end = 0] = [old.offsetAt(change.range.start), old.offsetAt(change.range.end)].sort((a, b) => a - b);
      document = document.edited(TextDocument.update(old, [change], version), { start, end, newLength: change.text.length });
    }
    this.open.set(uri, document);
  }

  didClose(uri: string): void {
    this.open.delete(uri);
    this.byPath.delete(pathOf(uri) ?? '');
    if (this.onDisk.has(uri)) this.onDisk.set(uri, undefined);
  }

  /** A file on disk is new or different. */
  didWrite(uri: string): void {
    if (kindOf(pathOf(uri) ?? '') === 'nspawn') this.onDisk.set(uri, undefined);
  }

  didDelete(uri: string): void {
    this.onDisk.delete(uri);
  }

  /** Looks for `.nspawn` files below folders; what cannot be read is not there. */
  async search(folders: readonly string[]): Promise<void> {
    const waiting = [...folders];
    for (let seen = 0, folder = waiting.shift(); folder !== undefined && seen < mostFolders; folder = waiting.shift(), seen++) {
      const here = folder;
      for (const entry of await readdir(here, { withFileTypes: true }).catch(() => [])) {
        const below = path.join(here, entry.name);
        if (entry.isDirectory() && entry.name !== '.git' && entry.name !== 'node_modules') waiting.push(below);
        else if (entry.isFile() && entry.name.endsWith('.nspawn')) this.didWrite(pathToFileURL(below).href);
      }
    }
  }

  private load(uri: string): Document | undefined {
    try {
      const { text, undecodable } = read(pathOf(uri) ?? '');
      const document = Document.of(uri, 'nspawn', text, this.target, undecodable);
      this.onDisk.set(uri, document);
      return document;
    } catch {
      // It was there a moment ago; the editor's file watcher says when it is back.
      this.onDisk.delete(uri);
      return undefined;
    }
  }
}
