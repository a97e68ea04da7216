/** Commands that show something and change nothing. */
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { applies, exists, type JournalEntry, lastRun, type Machine, mattering, osReleaseOf, readJournal, unitOfMachine } from '../../host';
import { type Contribution, nameOf } from '../../ui/contribution';
import { showInfo } from '../../ui/notifications';
import type { HostSession } from '../host-session';
import { pickMachines } from '../prompts/pick-machines';
import type { Row } from '../views/tree';
import { showText } from '../views/virtual-documents';
import { type Inspection, inspections } from './contributions';
import { beginSettings, openSettings } from './settings-editor';

/** One machine, from a row or a picker. */
async function one(session: HostSession, row: Row | undefined, inspection: Inspection & Contribution): Promise<Machine | undefined> {
  const candidates = await session.candidates();
  if (candidates === undefined) return undefined;
  const { ask, none } = inspection;
  const fits = (machine: Machine): boolean => applies(inspection, machine);
  const [name] = await pickMachines(candidates, { fits, title: nameOf(inspection), ask, none, many: false }, row);
  return name === undefined ? undefined : session.machine(name);
}

/** The unit's last messages, those that matter first. */
export async function whyFailed(session: HostSession, row?: Row): Promise<void> {
  const machine = await one(session, row, inspections.whyFailed);
  if (machine === undefined) return;
  const unit = machine.unit ?? unitOfMachine(machine.name);
  const { stdout, stderr } = await session.capture(['journalctl', '--no-pager', '--lines=200', '--output=json', `--unit=${unit}`]);
  await showText(`Why ${machine.name} failed.log`, whyText(machine, unit, readJournal(stdout), stderr), session.spec.local);
}

function whyText(machine: Machine, unit: string, entries: readonly JournalEntry[], stderr: string): string {
  const line = ({ time, by, message }: JournalEntry): string => `${new Date(time).toISOString()} ${by}: ${message}`;
  const run = lastRun(entries);
  const matters = mattering(run);
  const head = `${machine.name} failed${machine.failure === undefined ? '' : `: ${machine.failure}${meaning(machine.failure)}`}. Its unit is ${unit}.`;
  const blind =
    'You may not read the messages of this unit. Only root and members of the groups systemd-journal and adm may:\n' +
    '  sudo usermod --append --groups systemd-journal "$USER"     and log in again, or\n' +
    `  sudo journalctl --unit=${unit} --lines=50`;
  // The result of the unit stays what it was before systemd refused.
  const refused =
    machine.failure !== 'start-limit-hit' &&
    run.some(({ by, message }) => by === 'systemd' && message.includes('Start request repeated too quickly'));
  return [
    head,
    ...(refused ? [`The last start was refused: ${tired}.`] : []),
    '',
    ...(entries.length === 0
      ? [blind, ...(stderr.trim() === '' ? [] : ['', stderr.trim()])]
      : [
          'What matters',
          ...(matters.length === 0 ? ['  nothing in particular; all messages follow'] : matters.map((e) => `  ${line(e)}`)),
          '',
          'The last messages',
          ...run.slice(-50).map((e) => `  ${line(e)}`),
        ]),
    '',
  ].join('\n');
}

const tired = 'it was started too often in a short time; "Reset Failed State" allows another start';

/** systemd.exec(5), systemd.service(5): the results of a service. */
function meaning(failure: string): string {
  const words: Readonly<Partial<Record<string, string>>> = {
    'exit-code': 'nspawn ended with an error',
    signal: 'a signal ended it',
    'core-dump': 'it crashed',
    timeout: 'it did not start or stop in time',
    'start-limit-hit': tired,
    watchdog: 'it stopped answering',
    resources: 'systemd could not prepare it',
    'oom-kill': 'memory ran out',
    protocol: 'it did not report that it was ready',
  };
  const found = words[failure];
  return found === undefined ? '' : `, that is, ${found}`;
}

/** Everything that is known, to be read and copied. */
export async function properties(session: HostSession, row?: Row): Promise<void> {
  const machine = await one(session, row, inspections.properties);
  if (machine === undefined) return;
  const { name } = machine;
  const path = machine.image && (await session.pathOf(name));
  const os = machine.os ?? (path === undefined || !session.spec.local ? undefined : await osReleaseOf(path));
  const shown = async (what: string, argv: readonly string[]): Promise<string[]> => {
    const { status, stdout, stderr } = await session.capture(argv);
    return [`# ${what}: ${argv.join(' ')}`, (status === 0 ? stdout : `# ${stderr}`).trim(), ''];
  };
  const files: string[] = [];
  if (session.spec.local) for (const file of session.spec.settingsFiles(name, path)) if (await exists(file)) files.push(file);
  await showText(
    `${name}.properties`,
    [
      `# ${name}: ${machine.state}${machine.failure === undefined ? '' : ` (${machine.failure})`}`,
      ...(os?.prettyName === undefined ? [] : [`# ${os.prettyName}`]),
      ...files.map((file) => `# settings: ${file}:1`),
      '',
      ...(machine.leader === undefined ? [] : await shown('The machine', ['machinectl', 'show', '--', name])),
      ...(machine.image === undefined ? [] : await shown('The image', ['machinectl', 'show-image', '--', name])),
      ...(machine.unit === undefined
        ? []
        : await shown('The unit', [
            'systemctl',
            'show',
            '--no-pager',
            '--property=Id,LoadState,ActiveState,SubState,Result,UnitFileState,FragmentPath,DropInPaths,ExecMainStartTimestamp,ExecMainStatus,MemoryCurrent,TasksCurrent',
            '--',
            machine.unit,
          ])),
    ].join('\n'),
  );
}

/** The settings file of a machine; where there is none, one begins where nspawn trusts it. */
export async function settingsFile(session: HostSession, row?: Row): Promise<void> {
  const machine = await one(session, row, inspections.settingsFile);
  if (machine === undefined) return;
  const path = machine.image && (await session.pathOf(machine.name));
  const files = session.spec.settingsFiles(machine.name, path);
  if (!session.spec.local) {
    await farSettings(session, machine.name, files);
    return;
  }
  for (const file of files) {
    if (!(await exists(file))) continue;
    await openSettings(file);
    return;
  }
  await beginSettings(machine.name, session.spec.kind === 'user' ? files[0] : undefined);
}

/** A settings file of another computer can be read here, and nothing more. */
async function farSettings(session: HostSession, name: string, files: readonly string[]): Promise<void> {
  const { label } = session.spec;
  for (const file of files) {
    const { status, stdout, stderr } = await session.capture(['cat', '--', file]);
    if (status === 255) throw new Error(`${label} cannot be reached: ${stderr.trim()}`);
    if (status !== 0) continue;
    await showText(posix.join(label, file), stdout, false);
    showInfo(`${file} on ${label} is shown read-only. To change it, open a window on ${label} with Remote - SSH.`);
    return;
  }
  showInfo(
    `${name} has no settings file on ${label}, or you may not read it. To create ${files[0] ?? 'one'}, open a window on ${label} with Remote - SSH.`,
  );
}

export async function copyName(_session: HostSession, row?: Row, rows?: readonly Row[]): Promise<void> {
  const wanted = row === undefined ? [] : rows?.includes(row) === true ? rows : [row];
  if (wanted.length > 0) await vscode.env.clipboard.writeText(wanted.map(({ name }) => name).join('\n'));
}

export async function copyAddress(session: HostSession, row?: Row): Promise<void> {
  const machine = await one(session, row, inspections.copyAddress);
  if (machine === undefined) return;
  await session.settle([machine.name]); // Addresses come by DHCP, without a signal.
  const addresses = (session.machine(machine.name) ?? machine).addresses.map(({ address }) => address);
  const routable = addresses.filter((address) => !/^fe80:|^169\.254\./.test(address));
  const [address] = routable.length > 0 ? routable : addresses;
  if (address === undefined) showInfo(`${machine.name} has no address: it shares the network of the host, or has not received one yet.`);
  else await vscode.env.clipboard.writeText(address);
}
