import { mostBytes, readSmallFileLater } from '../../../../server/src/node/shared/small-file';
import { bootsAnInit, commands, exists, missingForBoot } from '../../host';
import { say } from '../../ui/text';
import { askInside, askSource, askTarget, askUser, pick } from '../prompts/prompts';
import { type CommandContext, command, commandWithOptions, type MachineCommand } from './machine-command';
import { expectDown } from './power-off';

const noneRuns = (to: string): string => `There is no machine to ${to}. None is running.`;

const shellWords = {
  title: 'Shell',
  icon: 'terminal',
  ask: 'Machines to open a shell in',
  none: 'There is no machine to open a shell in. Start one first.',
};

export const machineCommands: readonly MachineCommand[] = [
  command('start', commands.start, {
    title: 'Start',
    icon: 'play',
    ask: 'Machines to start',
    none: 'There is no machine to start. Every machine that has an image is running already.',
    precheck: cannotBoot,
  }),
  command('powerOff', commands.poweroff, {
    title: 'Power off',
    icon: 'debug-stop',
    ask: 'Machines to power off',
    none: noneRuns('power off'),
    after: expectDown,
  }),
  command('reboot', commands.reboot, { title: 'Reboot', icon: 'debug-restart', ask: 'Machines to reboot', none: noneRuns('reboot') }),
  command('stopUnit', commands.stopUnit, {
    title: 'Stop unit of',
    icon: 'debug-stop',
    ask: 'Machines whose unit to stop',
    none: noneRuns('stop'),
  }),
  command('resetFailed', commands.resetFailed, {
    title: 'Reset',
    icon: 'clear-all',
    ask: 'Machines whose failed state to reset',
    none: 'No machine has failed.',
  }),
  command('pause', commands.pause, {
    title: 'Pause',
    icon: 'debug-pause',
    ask: 'Virtual machines to pause',
    none: 'No virtual machine is running.',
  }),
  command('resume', commands.resume, {
    title: 'Resume',
    icon: 'debug-continue',
    ask: 'Virtual machines to resume',
    none: 'No virtual machine is running.',
  }),
  command('enable', commands.enable, {
    title: 'Enable',
    icon: 'rocket',
    ask: 'Machines to start at boot',
    none: 'There is no image.',
  }),
  command('disable', commands.disable, {
    title: 'Disable',
    icon: 'circle-slash',
    ask: 'Machines to no longer start at boot',
    none: 'There is no machine.',
  }),
  command('terminate', commands.terminate, {
    title: 'Terminate',
    icon: 'debug-disconnect',
    ask: 'Machines to terminate',
    none: noneRuns('terminate'),
    confirmation: (names) =>
      Promise.resolve({
        message: say`Terminate ${names} at once?`,
        button: 'Terminate',
        detail: say`Every process inside is killed immediately, and unsaved data is lost. "Power Off" shuts the machine down cleanly.`,
      }),
  }),
  commandWithOptions(
    'kill',
    commands.kill,
    {
      title: 'Kill',
      icon: 'zap',
      ask: 'Machines to send a signal to',
      none: noneRuns('send a signal to'),
      confirmation: (names) =>
        Promise.resolve({
          message: say`Send a signal to ${names}?`,
          button: 'Choose a Signal',
          detail: say`Most signals end the processes that receive them. Their unsaved data is lost.`,
        }),
    },
    async (names) => {
      const title = `Send a signal to ${names.join(', ')}`;
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
    },
  ),
  commandWithOptions('openShell', commands.shell, shellWords, ([name = ''], scene) => {
    const { user, program } = shellMemory(scene, name);
    return Promise.resolve({ user, ...(program === undefined ? {} : { program: [program] as const }) });
  }),
  commandWithOptions('openShellAs', commands.shell, shellWords, async ([name = ''], scene) => {
    const before = shellMemory(scene, name);
    const title = `Shell in ${name}`;
    const user = await askUser(title, before.user);
    if (user === undefined) return undefined;
    const choice = await pick(title, [
      { label: 'Login shell', description: `of ${user}`, value: '' },
      { label: '/bin/sh', value: '/bin/sh' },
      { label: '/bin/bash', value: '/bin/bash' },
      { label: 'Another program…', value: 'other' },
    ]);
    const program =
      choice === 'other'
        ? await askInside(title, 'Absolute path of the program inside the machine', before.program ?? '/usr/bin/')
        : choice;
    if (program === undefined) return undefined;
    const chosen = { user, ...(program === '' ? {} : { program }) };
    await scene.remember(shellKey(name), chosen);
    return { user, ...(program === '' ? {} : { program: [program] as const }) };
  }),
  command('login', commands.login, { title: 'Login', icon: 'sign-in', ask: 'Machines to log in to', none: noneRuns('log in to') }),
  command('status', commands.status, { title: 'Status', icon: 'info', ask: 'Machines to show the status of', none: noneRuns('show') }),
  command('unitJournal', commands.unitJournal, {
    title: 'Unit log',
    icon: 'output',
    ask: "Machines whose unit's log to follow",
    none: 'There is no machine.',
  }),
  command('journal', commands.journal, {
    title: 'Journal',
    icon: 'output',
    ask: 'Machines whose journal to follow',
    none: noneRuns('look into'),
  }),
  command('failedUnits', commands.failedUnits, {
    title: 'Failed units',
    icon: 'warning',
    ask: 'Machines to list failed units of',
    none: noneRuns('look into'),
  }),
  commandWithOptions(
    'copyTo',
    commands.copyTo,
    {
      title: 'Copy to',
      icon: 'cloud-upload',
      ask: 'Machines to copy to',
      none: noneRuns('copy to'),
    },
    async ([name = ''], scene) => {
      const source = await askSource(`File or folder to copy to ${name}`, 'any', scene);
      if (source === undefined) return undefined;
      const target = await askInside(`Copy to ${name}`, 'Destination path inside the machine', `/root/${source.split('/').at(-1) ?? ''}`);
      return target === undefined ? undefined : { source, target };
    },
    { button: 'Overwrite', options: (chosen) => ({ ...chosen, force: true }) },
  ),
  commandWithOptions(
    'copyFrom',
    commands.copyFrom,
    {
      title: 'Copy from',
      icon: 'cloud-download',
      ask: 'Machines to copy from',
      none: noneRuns('copy from'),
    },
    async ([name = ''], scene) => {
      const source = await askInside(`Copy from ${name}`, 'Path of the file or folder inside the machine', '/etc/');
      if (source === undefined) return undefined;
      const target = await askTarget(`Destination for ${source} of ${name}`, source.split('/').at(-1) ?? '', scene);
      // The dialog has asked already whether a file may be overwritten; elsewhere there was none.
      return target === undefined ? undefined : { source, target, force: scene.spec.local && (await exists(target)) };
    },
    { button: 'Overwrite', options: (chosen) => ({ ...chosen, force: true }) },
  ),
  commandWithOptions(
    'bind',
    commands.bind,
    {
      title: 'Bind into',
      icon: 'link',
      ask: 'Machines to bind mount a host path into',
      none: noneRuns('bind into'),
    },
    async ([name = ''], scene) => {
      const title = `Bind into ${name}`;
      const source = await askSource(`Host path to bind into ${name}`, 'any', scene);
      const target = source && (await askInside(title, 'Path inside the machine; missing folders are created', source));
      if (!source || !target) return undefined;
      const readOnly = await pick(title, [
        { label: 'Read-only', value: true },
        { label: 'Read and write', description: 'the machine may change it', value: false },
      ]);
      return readOnly === undefined ? undefined : { source, target, readOnly, mkdir: true };
    },
  ),
];

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
export function shellMemory(scene: CommandContext, name: string): { readonly user: string; readonly program?: string } {
  const kept = scene.remembered(shellKey(name));
  if (typeof kept !== 'object' || kept === null || !('user' in kept) || typeof kept.user !== 'string') return { user: 'root' };
  return { user: kept.user, ...('program' in kept && typeof kept.program === 'string' ? { program: kept.program } : {}) };
}

/** Why a start would fail, as far as the image can be looked at. */
async function cannotBoot(names: readonly string[], scene: CommandContext): Promise<string | undefined> {
  if (!scene.spec.local) return undefined; // its settings may say that nothing is to be booted
  for (const name of names) {
    const path = await scene.pathOf(name);
    const settings = await firstReadable(scene.spec.settingsFiles(name, path));
    if (settings !== undefined && !bootsAnInit(settings)) continue;
    const root = /^(directory|subvolume)$/.test(scene.machine(name)?.image?.type ?? '') ? path : undefined;
    const missing = await missingForBoot(root, () => scene.hasOsRelease(name));
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
