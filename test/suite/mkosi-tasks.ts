import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { FakeMkosi } from '../support/fake-mkosi.mjs';
import { until } from './until';

/** Makes VS Code find a mkosi of our own from the first test of a suite on, until `uninstall` is called. */
export function installFake(): { mkosi: FakeMkosi; uninstall: () => void } {
  const mkosi = new FakeMkosi(),
    searched = process.env.PATH;
  // Not earlier: other suites install their own.
  before(() => {
    process.env.PATH = `${mkosi.home}:${searched ?? ''}`;
  });
  return {
    mkosi,
    uninstall: () => {
      process.env.PATH = searched;
      mkosi.remove();
    },
  };
}

export function workspace(): vscode.WorkspaceFolder {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder);
  return folder;
}

/** What mkosi is expected to report about a file, with the source and the text it is shown at. */
export async function problems(uri: vscode.Uri): Promise<string[]> {
  const document = await vscode.workspace.openTextDocument(uri);
  const own = vscode.languages.getDiagnostics(uri).filter((d) => d.source === 'installed mkosi' || d.source === 'mkosi task');
  return own.map(
    (d) =>
      `${d.source ?? ''}: ${vscode.DiagnosticSeverity[d.severity]} ${d.range.start.line + 1} <${document.getText(d.range)}> ${d.message}`,
  );
}

/** A task of the extension's by its name. */
export async function task(name: string): Promise<vscode.Task> {
  const all = await until('tasks', () => vscode.tasks.fetchTasks({ type: 'mkosi' }));
  const found = all.find((t) => t.name === name);
  assert.ok(found, all.map((t) => t.name).join());
  return found;
}

/** The exit status of a task of that name, which `start` starts. */
export async function ending(name: string, start: () => PromiseLike<unknown>): Promise<number | undefined> {
  const ended = new Promise<number | undefined>((resolve) => {
    const listener = vscode.tasks.onDidEndTaskProcess((e) => {
      if (e.execution.task.name !== name) return;
      listener.dispose();
      resolve(e.exitCode);
    });
  });
  await start();
  return ended;
}

export async function runTask(name: string): Promise<number | undefined> {
  const wanted = await task(name);
  return ending(name, () => vscode.tasks.executeTask(wanted));
}
