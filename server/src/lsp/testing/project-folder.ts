import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Workspace } from '../workspace';

/** A temporary folder that a test opens files of, without a server. */
export class ProjectFolder {
  readonly root = mkdtempSync(path.join(tmpdir(), 'nspawn-project-'));
  readonly workspace = new Workspace();

  at(name: string): string {
    return path.join(this.root, name);
  }

  uri(name: string): string {
    return pathToFileURL(this.at(name)).href;
  }

  /** Writes a file. @returns its URI */
  write(name: string, text = ''): string {
    mkdirSync(path.dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), text);
    return this.uri(name);
  }

  /** Opens a file in the workspace; its text on disk need not be the same. @returns its URI */
  open(name: string, text: string): string {
    const uri = this.uri(name);
    this.workspace.didOpen({ uri, languageId: name.endsWith('.nspawn') ? 'nspawn' : 'mkosi', version: 1, text });
    return uri;
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}
