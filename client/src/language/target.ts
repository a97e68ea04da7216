import * as vscode from 'vscode';
import type { AskServer, Chosen, Tool } from '../../../server/src/protocol';
import { messageOf, showError } from '../ui/notifications';
import { pickOne } from '../ui/prompts';
import { StatusItem } from '../ui/rows';
import { languageContributions } from './contributions';

const { chooseTarget, restartLanguageServer } = languageContributions;

const toolOf: Readonly<Partial<Record<string, Tool>>> = { nspawn: 'systemd', mkosi: 'mkosi' };
const settingOf: Readonly<Record<Tool, string>> = { systemd: 'systemdVersion', mkosi: 'mkosiVersion' };
const reasons: Readonly<Record<Chosen['from'], string>> = {
  setting: 'chosen in the settings',
  host: 'installed here',
  newest: 'the newest known version',
  project: 'from MinimumVersion= of this project',
  file: 'the last version that reads files of this name',
};
const automatic: Readonly<Record<Tool, string>> = {
  systemd: 'the installed version, else the newest known version',
  mkosi: "the installed version, else the project's MinimumVersion=, else the newest known version",
};

/** Shows in the status bar which version the active file is checked against, and lets the user select another. */
export class TargetItem implements vscode.Disposable {
  private readonly item = new StatusItem('nspawn.target', 'Version that files are checked against', 'right', 100);
  private readonly subscriptions: readonly { dispose(): void }[];
  private server: 'starting' | 'running' | 'failed' = 'starting';
  /** How often the server was asked; the last answer counts. */
  private asked = 0;

  /** @param ask sends a request to the language server; rejects with the next step where it does not run */
  constructor(private readonly ask: AskServer) {
    this.subscriptions = [
      this.item,
      vscode.window.onDidChangeActiveTextEditor(() => this.draw()),
      vscode.commands.registerCommand(chooseTarget.id, async () => {
        try {
          await this.choose();
        } catch (error) {
          showError(messageOf(error));
        }
      }),
    ];
  }

  /** How far the server is; `running` also when it checks against other versions than before. */
  show(server: 'starting' | 'running' | 'failed'): void {
    this.server = server;
    this.draw();
  }

  dispose(): void {
    for (const s of this.subscriptions) s.dispose();
  }

  private draw(): void {
    const document = vscode.window.activeTextEditor?.document,
      tool = toolOf[document?.languageId ?? ''],
      { item } = this;
    const turn = ++this.asked;
    if (document === undefined || tool === undefined || this.server === 'starting') {
      item.hide();
      return;
    }
    if (this.server === 'running') {
      this.ask('nspawn/target', { uri: document.uri.toString() }).then(
        (target) => {
          if (turn === this.asked) this.update(tool, target[tool]);
          // A server that has ended meanwhile is reported by the code that watches it.
        },
        () => {
          if (turn === this.asked) item.hide();
        },
      );
      return;
    }
    item.show({
      icon: 'error',
      text: tool,
      tooltip: 'The language server is not running, so this file is not checked. Select to start it.',
      command: restartLanguageServer.id,
      spoken: 'The language server is not running. Start it.',
    });
  }

  private update(tool: Tool, { version, from }: Chosen): void {
    this.item.show({
      text: `${tool} ${version}`,
      tooltip: `This file is checked against ${tool} ${version}, ${reasons[from]}. Select to choose another version.`,
      command: chooseTarget.id,
      spoken: `Checked against ${tool} ${version}, ${reasons[from]}`,
    });
  }

  private async choose(): Promise<void> {
    const tool = toolOf[vscode.window.activeTextEditor?.document.languageId ?? ''] ?? 'systemd';
    const releases = await this.ask('nspawn/releases', undefined);
    const settings = vscode.workspace.getConfiguration('nspawn'),
      key = settingOf[tool];
    const now = settings.get<string | number>(key);
    const items = ['auto', ...releases[tool].toReversed()].map((value) => ({
      label: value === 'auto' ? 'auto' : `${tool} ${value}`,
      value,
      ...(String(value) === String(now) ? { picked: true } : {}),
      ...(value === 'auto' ? { description: automatic[tool] } : {}),
    }));
    const picked = await pickOne(items, { title: chooseTarget.title, placeHolder: `Version of ${tool} to check files against` });
    if (picked === undefined) return;
    const where =
      settings.inspect(key)?.workspaceValue === undefined ? vscode.ConfigurationTarget.Global : vscode.ConfigurationTarget.Workspace;
    await settings.update(key, picked, where);
  }
}
