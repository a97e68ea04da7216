/** The commands that add, remove and connect other computers. */
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { mostBytes, readSmallFileLater } from '../../../../server/src/node/shared/small-file';
import { aliasesIn, destination, isDestination, loginOverSsh } from '../../host';
import { type Contribution, nameOf } from '../../ui/contribution';
import { messageOf, showError } from '../../ui/notifications';
import { askText, pickOne } from '../../ui/prompts';
import type { HostSession } from '../host-session';
import { configuredHosts, type Hosts } from '../hosts';
import { runInTerminal } from '../terminal';
import { asRow, type Row } from '../views/tree';
import { hostContributions } from './contributions';

export function registerHostCommands(hosts: Hosts): vscode.Disposable[] {
  const register = (contribution: Contribution, work: (target?: Row | string) => Promise<void>) =>
    vscode.commands.registerCommand(contribution.id, async (target?: unknown) => {
      try {
        await work(typeof target === 'string' ? target : asRow(target));
      } catch (error) {
        showError(`${nameOf(contribution)}: ${messageOf(error)}`);
      }
    });
  return [
    vscode.workspace.onDidChangeConfiguration((e) => {
      if (e.affectsConfiguration('nspawn.hosts')) hosts.readSetting();
    }),
    register(hostContributions.addHost, async (target) => {
      const host = typeof target === 'string' ? destination(target) : await askHost();
      if (host !== undefined && !configuredHosts().includes(host)) await setHosts([...configuredHosts(), host]);
    }),
    register(hostContributions.removeHost, async (target) => {
      const host =
        typeof target === 'string'
          ? target
          : await hostOf(hosts, target, hostContributions.removeHost, 'Host to remove from the view (nothing on it changes)');
      if (host !== undefined) await setHosts(configuredHosts().filter((one) => one !== host));
    }),
    register(hostContributions.reconnect, async (target) => {
      const session = typeof target === 'object' ? hosts.of(target) : await hosts.pick(nameOf(hostContributions.reconnect));
      session?.refresh();
    }),
    register(hostContributions.connectInTerminal, async (target) => {
      const host =
        typeof target === 'string'
          ? configuredHosts().find((one) => one === target)
          : await hostOf(hosts, target, hostContributions.connectInTerminal, 'Host to connect to');
      if (host === undefined) return;
      await runInTerminal({
        title: `${nameOf(hostContributions.connectInTerminal)} ${host}`,
        argv: loginOverSsh(host),
        icon: 'remote',
        interactive: true,
        stays: false,
        asks: true,
      });
      for (const session of hosts.all) if (session.spec.host === host) session.refresh();
    }),
  ];
}

async function setHosts(hosts: readonly string[]): Promise<void> {
  await vscode.workspace.getConfiguration('nspawn').update('hosts', hosts, vscode.ConfigurationTarget.Global);
}

async function hostOf(hosts: Hosts, row: Row | undefined, contribution: Contribution, placeHolder: string): Promise<string | undefined> {
  const of: HostSession | undefined = row && hosts.of(row);
  if (of?.spec.host !== undefined) return of.spec.host;
  return pickOne(
    configuredHosts().map((host) => ({ label: host, value: host })),
    { title: nameOf(contribution), placeHolder },
  );
}

/** One of those that the user's ssh knows by name, or what they type. */
async function askHost(): Promise<string | undefined> {
  const title = nameOf(hostContributions.addHost);
  const known = (await aliases()).filter((host) => !configuredHosts().includes(host));
  if (known.length > 0) {
    const choices = [
      ...known.map((host) => ({ label: host, description: '~/.ssh/config', value: host })),
      { label: 'Another host…', value: '', alwaysShow: true },
    ];
    const chosen = await pickOne(choices, { title, placeHolder: 'Hosts in your ssh configuration' });
    if (chosen !== '') return chosen;
  }
  const text = await askText({
    title,
    prompt: 'HOST, USER@HOST or ssh://USER@HOST:PORT, as in "ssh HOST". Login must work with a key, without a password.',
    check: (typed) => {
      if (configuredHosts().includes(typed.trim())) return 'This host has been added already.';
      return isDestination(typed.trim()) ? undefined : 'Write HOST, USER@HOST or ssh://USER@HOST:PORT.';
    },
  });
  return text?.trim();
}

/** The hosts that have an entry of their own in ~/.ssh/config. */
async function aliases(): Promise<readonly string[]> {
  return readSmallFileLater(path.join(os.homedir(), '.ssh/config'), mostBytes.host).then(
    (bytes) => aliasesIn(bytes.toString()),
    () => [],
  );
}
