import { opendir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DidChangeTextDocumentParams, TextDocumentItem } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { allFamilies, type Family, familyAt, familyInEditor } from '../families';
import type { FeatureContext } from '../features';
import type { Project } from '../model';
import { read } from '../node/files';
import { host } from '../node/host';
import { patientlyLater } from '../node/shared/mounts';
import { Document, newest, pathOf, type Target } from '../schema';

/** Folders of the system that hold files of ours. */
export const systemFolders: readonly string[] = allFamilies.flatMap((family) => family.systemFolders);

/** How far folders are searched, and how much of what is found there is held. */
export interface SearchLimits {
  readonly folders: number;
  readonly entries: number;
  /** `.nspawn` files that are known without being open. */
  readonly files: number;
  /** Length of their texts. */
  readonly text: number;
}

/** Folders with more files than any known project are searched in part. */
const searchLimits: SearchLimits = { folders: 20_000, entries: 1_000_000, files: 5_000, text: 16 << 20 };

/**
 * The documents: open ones as the editor has them, and below the folders of the workspace every `.nspawn` file on disk,
 * read when they are asked for.
 */
export class Workspace implements FeatureContext {
  private readonly open = new Map<string, Document>();
  /** URIs of open files by path: clients escape other characters than we would. */
  private readonly byPath = new Map<string, string>();
  /** By URI; undefined: known to exist, not read yet. */
  private readonly onDisk = new Map<string, Document | undefined>();
  /** Of those on disk that have been read. */
  private textOnDisk = 0;
  private targeted: Target = newest;

  constructor(private readonly limits: SearchLimits = searchLimits) {}

  readonly entries = host.entries;
  readonly exists = host.exists;
  readonly text = host.text;
  readonly interfaces = host.interfaces;
  readonly users = host.users;
  /** Set by the code that knows the projects. */
  project: (document: Document) => Project | undefined = () => undefined;

  get target(): Target {
    return this.targeted;
  }

  /** Checks everything by other releases from now on. */
  set target(target: Target) {
    this.targeted = target;
    for (const uri of this.open.keys()) this.retarget(uri, target);
    for (const uri of this.onDisk.keys()) this.letGo(uri);
  }

  /** Checks one open document by other releases. */
  retarget(uri: string, target: Target): void {
    const document = this.open.get(uri);
    if (document === undefined) return;
    const { at, release } = document.format;
    if (document.edition !== at(target[release])) this.open.set(uri, document.retargeted(target));
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

  *documents(): Generator<Document> {
    yield* this.open.values();
    for (const [uri, known] of this.onDisk) {
      if (this.open.has(uri)) continue;
      const document = known ?? this.load(uri);
      if (document !== undefined) yield document;
    }
  }

  /** A document that is of no kind of ours is not taken: nothing is answered or said about it. */
  didOpen({ uri, languageId, version, text }: TextDocumentItem): void {
    const file = pathOf(uri),
      family = familyInEditor(file ?? uri, languageId);
    if (family === undefined) return;
    if (file !== undefined) this.byPath.set(file, uri);
    this.open.set(uri, Document.open(uri, family, TextDocument.create(uri, languageId, version, text), this.target));
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
      // Clients may name lines that do not exist, which update() keeps.
      const range = { start: old.positionAt(start), end: old.positionAt(end) };
      document = document.edited(TextDocument.update(old, [{ range, text: change.text }], version), {
        start,
        end,
        newLength: change.text.length,
      });
    }
    this.open.set(uri, document);
  }

  didClose(uri: string): void {
    this.open.delete(uri);
    const file = pathOf(uri);
    if (file !== undefined && this.byPath.get(file) === uri) {
      // A file may be open under two URIs.
      const other = [...this.open.keys()].find((each) => pathOf(each) === file);
      if (other === undefined) this.byPath.delete(file);
      else this.byPath.set(file, other);
    }
    if (this.onDisk.has(uri)) this.letGo(uri);
  }

  /** A file on disk is new or different. */
  didWrite(uri: string): void {
    if (readAlone(pathOf(uri) ?? '') !== undefined && (this.onDisk.has(uri) || this.onDisk.size < this.limits.files)) this.letGo(uri);
  }

  /** Reads a file on disk again when it is asked for. */
  private letGo(uri: string): void {
    this.textOnDisk -= this.onDisk.get(uri)?.text.getText().length ?? 0;
    this.onDisk.set(uri, undefined);
  }

  didDelete(uri: string): void {
    this.letGo(uri);
    this.onDisk.delete(uri);
  }

  /**
   * Looks for `.nspawn` files below folders; what cannot be read is not there, and links to folders are not followed.
   * @returns whether all of them were looked through, within the limits and before it was over
   */
  async search(folders: readonly string[], over?: AbortSignal): Promise<boolean> {
    const waiting = [...folders],
      { limits } = this;
    let entries = 0;
    for (let at = 0; at < waiting.length; at++) {
      if (at >= limits.folders) return false;
      const here = waiting[at] ?? '';
      try {
        for await (const entry of await patientlyLater(here, () => opendir(here, { bufferSize: 512 }))) {
          if (++entries > limits.entries || this.onDisk.size >= limits.files || over?.aborted === true) return false;
          const below = path.join(here, entry.name);
          if (entry.isDirectory() && entry.name !== '.git' && entry.name !== 'node_modules') waiting.push(below);
          else if (entry.isFile() && readAlone(below) !== undefined) this.didWrite(pathToFileURL(below).href);
        }
      } catch {
        continue;
      }
    }
    return true;
  }

  private load(uri: string): Document | undefined {
    if (this.textOnDisk > this.limits.text) return undefined;
    try {
      const file = pathOf(uri) ?? '',
        family = readAlone(file),
        { text, undecodable } = read(file);
      if (family === undefined) return undefined;
      const document = Document.of(uri, family, text, this.target, undecodable);
      this.onDisk.set(uri, document);
      this.textOnDisk += text.length;
      return document;
    } catch {
      // It was deleted meanwhile; the editor's file watcher reports when it is back.
      this.onDisk.delete(uri);
      return undefined;
    }
  }
}

/** The kind of a file that is read alone; those of projects are found by their projects. @param file with slashes */
function readAlone(file: string): Family | undefined {
  const family = familyAt(file);
  return family?.inProject === false ? family : undefined;
}
