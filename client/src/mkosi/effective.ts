import * as path from 'node:path';
import * as vscode from 'vscode';
import { inertLine } from '../ui/text';
import type { Check } from './check';
import { readText } from './disk';
import { parseMessages } from './messages';
import type { File } from './places';
import type { Mkosi } from './program';
import { configurationOf, type Project } from './projects';
import { filesIn, type Report, report, reportOfText } from './report';

const scheme = 'mkosi-effective';

/** "Show Effective Configuration": every setting of every image as mkosi sees it, with links to where it was set. */
export class Effective implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.Disposable {
  private readonly reports = new Map<string, Report>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly mkosi: Mkosi,
    private readonly check: Check,
  ) {
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.languages.registerDocumentLinkProvider({ scheme }, this),
    );
  }

  /** @throws Refusal, or Error with what mkosi said when it does not accept the configuration; its problems show where */
  async show(project: Project): Promise<void> {
    const folder = project.uri.fsPath,
      files = await configurationOf(project),
      outcome = await this.mkosi.summary(folder);
    const { status, stdout, stderr, json } = outcome;
    this.check.report(project, files, outcome);
    if (status !== 0) {
      const said =
        parseMessages(stderr, status)
          .filter((m) => m.severity === 'error')
          .at(-1)?.text ?? `exit status ${status}`;
      throw new Error(`mkosi does not accept this configuration: ${said}. See the view "Problems".`);
    }
    const uri = vscode.Uri.from({ scheme, path: `${project.uri.path}/effective configuration of ${inertLine(path.basename(folder))}` });
    this.reports.set(
      uri.toString(),
      json
        ? report(stdout, [...files, ...(await included(stdout, files))], folder)
        : reportOfText(stdout, files, folder, (await this.mkosi.release()) ?? 0),
    );
    this.changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, 'ini').then(undefined, () => undefined);
    await vscode.window.showTextDocument(document, { preview: true });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.reports.get(uri.toString())?.text ?? 'This document is from an earlier session. Run "Show Effective Configuration" again.\n'
    );
  }

  provideDocumentLinks({ uri }: vscode.TextDocument): vscode.DocumentLink[] {
    return (this.reports.get(uri.toString())?.links ?? []).map(
      ({ line, start, end, to }) =>
        new vscode.DocumentLink(
          new vscode.Range(line, start, line, end),
          vscode.Uri.file(to.path).with({ fragment: `L${to.line + 1},${to.start + 1}` }),
        ),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }
}

/** Files that are read to link to them. */
const mostIncluded = 2000;

/** What `Include=` has brought in from elsewhere; a file that has gone meanwhile is left out. */
async function included(json: string, known: readonly File[]): Promise<File[]> {
  const names = new Set(known.map((k) => k.path)),
    files: File[] = [];
  const others = filesIn(json).filter((f) => path.isAbsolute(f) && !names.has(f));
  for (const file of others.slice(0, mostIncluded))
    await readText(vscode.Uri.file(file)).then(
      (text) => files.push({ path: file, text }),
      () => undefined,
    );
  return files;
}
