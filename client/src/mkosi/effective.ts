import * as path from 'node:path';
import * as vscode from 'vscode';
import type { EffectiveText } from '../../../server/src/protocol';
import { inertLine } from '../ui/text';
import type { Check } from './check';
import type { LanguageServer } from './language-server';
import type { Mkosi } from './program';
import type { Project } from './projects';

const scheme = 'mkosi-effective';

/** "Show Effective Configuration": every setting of every image as mkosi sees it, with links to where it was set. */
export class Effective implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.Disposable {
  private readonly reports = new Map<string, EffectiveText>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly subscriptions: vscode.Disposable;

  constructor(
    private readonly mkosi: Mkosi,
    private readonly check: Check,
    private readonly server: LanguageServer,
  ) {
    this.subscriptions = vscode.Disposable.from(
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.languages.registerDocumentLinkProvider({ scheme }, this),
    );
  }

  /** @throws Refusal, or Error with what mkosi said when it does not accept the configuration; its problems show where */
  async show(project: Project): Promise<void> {
    // Nothing is executed for an answer that cannot be shown.
    await this.server.ready();
    const folder = project.uri.fsPath,
      outcome = await this.mkosi.summary(folder),
      release = await this.mkosi.release();
    const { status, stdout, json } = outcome,
      { fatal } = await this.check.report(project, outcome);
    if (status !== 0)
      throw new Error(`mkosi does not accept this configuration: ${fatal ?? `exit status ${status}`}. See the view "Problems".`);
    const report = await this.server.ask('nspawn/mkosi/effective', {
      uri: project.uri.toString(),
      stdout,
      json,
      ...(release === undefined ? {} : { release }),
    });
    const uri = vscode.Uri.from({ scheme, path: `${project.uri.path}/effective configuration of ${inertLine(path.basename(folder))}` });
    this.reports.set(uri.toString(), report);
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
          vscode.Uri.parse(to.uri).with({ fragment: `L${to.line + 1},${to.character + 1}` }),
        ),
    );
  }

  dispose(): void {
    this.subscriptions.dispose();
  }
}
