/** What the tests of machines share: systemd is asked, never our own model, and our commands are called as menus call them. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as vscode from 'vscode';
import { until } from './until';

export const ask = (...argv: [string, ...string[]]): string => execFileSync(argv[0], argv.slice(1), { encoding: 'utf8' });
/** What a program prints, however it ends. */
export const attempt = (...argv: [string, ...string[]]): string => spawnSync(argv[0], argv.slice(1), { encoding: 'utf8' }).stdout.trim();
/** The same as root: polkit lets this user have services. */
export const asRoot = (...argv: string[]): string =>
  attempt('systemd-run', '--quiet', '--collect', '--wait', '--pipe', '--', ...argv.map((a) => a.replaceAll('$', '$$$$')));

interface Listed {
  readonly name: string;
  readonly type: string;
  readonly ro: boolean;
}

export const running = (): string[] =>
  (JSON.parse(ask('machinectl', 'list', '-o', 'json')) as { machine: string }[])
    .map((m) => m.machine)
    .filter((m) => m !== '.host')
    .sort();
export const images = (): Listed[] =>
  (JSON.parse(ask('machinectl', 'list-images', '-o', 'json')) as Listed[]).filter((i) => i.name !== '.host');
export const names = (): string[] =>
  images()
    .map((i) => i.name)
    .sort();
/** With those that downloads leave. */
export const allImages = (): string[] =>
  (JSON.parse(ask('machinectl', 'list-images', '--all', '-o', 'json')) as Listed[]).map((i) => i.name);
export const leader = (name: string): string => attempt('machinectl', 'show', '-p', 'Leader', '--value', name);
/** Waits until a machine that has systemd inside is up; there is no bus to log in by before. */
export const up = (name: string): Promise<unknown> =>
  until(`${name} to be up`, () => /running|degraded/.test(asRoot('systemctl', '-M', name, 'is-system-running')));
export const active = (name: string): string => attempt('systemctl', 'is-active', `systemd-nspawn@${name}.service`);
export const release = Number(/^systemd (\d+)/.exec(ask('systemctl', '--version'))?.[1]);

/** A command that ran in a terminal, and its exit status. */
export interface Ran {
  readonly argv: readonly string[];
  readonly status: number | undefined;
}
/** The argument vectors that terminals were opened for since. */
const ran: (readonly string[])[] = [];
vscode.window.onDidOpenTerminal((opened) => {
  const { shellArgs } = opened.creationOptions as vscode.TerminalOptions;
  const at = shellArgs?.indexOf('close') ?? -1,
    kept = shellArgs?.indexOf('keep') ?? -1;
  if (!Array.isArray(shellArgs) || (at < 0 && kept < 0)) return;
  const [program = '', ...args] = shellArgs.slice(Math.max(at, kept) + 1);
  ran.push([program.replace(/^.*\//, ''), ...args]);
});

/**
 * A verb as a row's menu calls it; what it would ask for is handed over, as is the answer to "really?".
 * @returns what ran
 */
export async function does(verb: string, name: string | readonly string[], options?: object): Promise<readonly Ran[]> {
  const rows = [name].flat().map((n) => ({ name: n }));
  ran.length = 0;
  const statuses = await vscode.commands.executeCommand<readonly (number | undefined)[] | undefined>(`nspawn.${verb}`, rows[0], rows, {
    ...(options ? { options } : {}),
    confirmed: () => true,
  });
  return ran.map((argv, i) => ({ argv, status: statuses?.[i] }));
}

/** A verb that has to succeed, in one call. */
export async function succeeds(verb: string, name: string | readonly string[], options?: object): Promise<readonly string[]> {
  const [one, ...more] = await does(verb, name, options);
  assert.ok(one, `${verb} ran nothing`);
  assert.deepEqual([one.status, more], [0, []], one.argv.join(' '));
  return one.argv;
}

export const terminal = (part: string): vscode.Terminal | undefined => vscode.window.terminals.find((t) => t.name.includes(part));
export const shown = (part: string): vscode.TextDocument | undefined =>
  vscode.workspace.textDocuments.find((d) => d.uri.path.includes(part));

export async function tidy(): Promise<void> {
  for (const t of vscode.window.terminals) t.dispose();
  await vscode.commands.executeCommand('notifications.clearAll');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
