import { mostBytes, readSmallFileLater } from '../../../../server/src/node/shared/small-file';
import { bootsAnInit, commands, exists, missingForBoot } from '../../host';
import { say } from '../../ui/text';
import { askInside, askSource, askTarget, askUser, pick } from '../prompts/prompts';
import { type CommandContext, command, commandWithOptions, type ForcedRetry, type MachineCommand } from './machine-command';
import { expectDown } from './power-off';

/** For what stops at a file that exists. */
const overwrite: { readonly retryWithForce: ForcedRetry<Parameters<typeof commands.copyTo.argv>[1]> } = {
  retryWithForce: { button: 'Overwrite', options: (chosen) => ({ ...chosen, force: true }) },
};

/** As the last time. */
export const openShell = commandWithOptions('openShell', commands.shell, ([name = ''], context) => {
  const { user, program } = shellMemory(context, name);
  return Promise.resolve({ user, ...(program === undefined ? {} : { program: [program] as const }) });
});

/** Those that need more than their data; see image-commands.ts for those about images. */
export const machineCommands: readonly MachineCommand[] = [
  command('start', commands.start, { precheck: cannotBoot }),
  command('powerOff', commands.poweroff, { after: expectDown }),
  command('terminate', commands.terminate, {
    confirmation: (names) =>
      Promise.resolve({
        message: say`Terminate ${names} at once?`,
        button: 'Terminate',
        detail: say`Every process inside is killed immediately, and unsaved data is lost. "Power Off" shuts the machine down cleanly.`,
      }),
  }),
  commandWithOptions('kill', commands.kill, askSignal, {
    confirmation: (names) =>
      Promise.resolve({
        message: say`Send a signal to ${names}?`,
        button: 'Choose a Signal',
        detail: say`Most signals end the processes that receive them. Their unsaved data is lost.`,
      }),
  }),
  openShell,
  commandWithOptions('openShellAs', commands.shell, askShell),
  commandWithOptions('copyTo', commands.copyTo, askCopyTo, overwrite),
  commandWithOptions('copyFrom', commands.copyFrom, askCopyFrom, overwrite),
  commandWithOptions('bind', commands.bind, askBind),
];

async function askSignal(_: readonly string[], __: CommandContext, title: string) {
  const signal = await pick(
    title,
    signals.map(([value, description]) => ({ label: value, value, description })),
  );
  const whom =
    signal &&
    (await pick(title, [
      { label: 'The init inside', description: 'process 1 of the machine', value: 'leader' },
      { label: 'Every process', description: 'of the machine', value: 'all' },
    ] as const));
  return signal && whom ? { signal, whom } : undefined;
}

async function askShell([name = '']: readonly string[], context: CommandContext, title: string) {
  const before = shellMemory(context, name);
  const user = await askUser(title, before.user);
  if (user === undefined) return undefined;
  const choice = await pick(title, [
    { label: 'Login shell', description: `of ${user}`, value: '' },
    { label: '/bin/sh', value: '/bin/sh' },
    { label: '/bin/bash', value: '/bin/bash' },
    { label: 'Another program…', value: 'other' },
  ]);
  const program =
    choice === 'other' ? await askInside(title, 'Absolute path of the program inside the machine', before.program ?? '/usr/bin/') : choice;
  if (program === undefined) return undefined;
  const chosen = { user, ...(program === '' ? {} : { program }) };
  await context.remember(shellKey(name), chosen);
  return { user, ...(program === '' ? {} : { program: [program] as const }) };
}

async function askCopyTo(_: readonly string[], context: CommandContext, title: string) {
  const source = await askSource(title, 'any', context);
  if (source === undefined) return undefined;
  const target = await askInside(title, 'Destination path inside the machine', `/root/${source.split('/').at(-1) ?? ''}`);
  return target === undefined ? undefined : { source, target };
}

async function askCopyFrom(_: readonly string[], context: CommandContext, title: string) {
  const source = await askInside(title, 'Path of the file or folder inside the machine', '/etc/');
  if (source === undefined) return undefined;
  const target = await askTarget(`${title}: destination for ${source}`, source.split('/').at(-1) ?? '', context);
  // The dialog has asked already whether a file may be overwritten; elsewhere there was none.
  return target === undefined ? undefined : { source, target, force: context.spec.local && (await exists(target)) };
}

async function askBind([name = '']: readonly string[], context: CommandContext, title: string) {
  const source = await askSource(`Host path to bind into ${name}`, 'any', context);
  const target = source && (await askInside(title, 'Path inside the machine; missing folders are created', source));
  if (!source || !target) return undefined;
  const readOnly = await pick(title, [
    { label: 'Read-only', value: true },
    { label: 'Read and write', description: 'the machine may change it', value: false },
  ]);
  return readOnly === undefined ? undefined : { source, target, readOnly, mkdir: true };
}

const signals: readonly (readonly [name: string, meaning: string])[] = [
  ['SIGTERM', 'ask to end'],
  ['SIGKILL', 'end at once'],
  ['SIGHUP', 'reload configuration'],
  ['SIGINT', 'reboot, for an init'],
  ['SIGRTMIN+4', 'power off, for an init'],
  ['SIGRTMIN+3', 'halt, for an init'],
  ['SIGUSR1', ''],
  ['SIGUSR2', ''],
  ['SIGSTOP', 'pause'],
  ['SIGCONT', 'continue'],
  ['SIGQUIT', ''],
  ['SIGABRT', ''],
];

const shellKey = (name: string): string => `shell/${name}`;

/** As what a shell in this machine was opened the last time; root's login shell if it never was. */
export function shellMemory(context: CommandContext, name: string): { readonly user: string; readonly program?: string } {
  const kept = context.remembered(shellKey(name));
  if (typeof kept !== 'object' || kept === null || !('user' in kept) || typeof kept.user !== 'string') return { user: 'root' };
  return { user: kept.user, ...('program' in kept && typeof kept.program === 'string' ? { program: kept.program } : {}) };
}

/** Why a start would fail, as far as the image can be looked at. */
async function cannotBoot(names: readonly string[], context: CommandContext): Promise<string | undefined> {
  if (!context.spec.local) return undefined; // its settings may say that nothing is to be booted
  for (const name of names) {
    const path = await context.pathOf(name);
    const settings = await firstReadable(context.spec.settingsFiles(name, path));
    if (settings !== undefined && !bootsAnInit(settings)) continue;
    const root = /^(directory|subvolume)$/.test(context.machine(name)?.image?.type ?? '') ? path : undefined;
    const missing = await missingForBoot(root, () => context.hasOsRelease(name));
    if (missing !== undefined)
      return `${name} cannot be booted: ${missing}. To run another program in it, set Boot=no in its settings file.`;
  }
  return undefined;
}

async function firstReadable(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const bytes = await readSmallFileLater(file, mostBytes.configuration).catch(() => undefined);
    if (bytes !== undefined) return bytes.toString();
  }
  return undefined;
}
