/** Commands about machines that run, or are to run. */

import { unitOfMachine } from '../names';
import * as check from './checks';
import { actions, type CommandSpec, type Need, plain } from './command-spec';
import * as explain from './explain';
import type { Presentation } from './presentation';

export interface ShellOptions {
  /** Who to be inside; root unless told. */
  readonly user?: string;
  /** What to run instead of the user's login shell: an absolute path inside, and its arguments. */
  readonly program?: readonly [path: string, ...args: string[]];
}

export interface KillOptions {
  /** Such as `SIGTERM` or `SIGRTMIN+4`. */
  readonly signal: string;
  /** The init inside, or every process of the machine. */
  readonly whom: 'leader' | 'all';
}

export interface BindOptions {
  /** On the host. */
  readonly source: string;
  /** In the machine; the same as on the host unless told. */
  readonly target?: string;
  readonly readOnly?: boolean;
  /** Makes the target when it is missing. */
  readonly mkdir?: boolean;
}

export interface CopyOptions {
  readonly source: string;
  /** The same path on the other side unless told. */
  readonly target?: string;
  /** Overwrites what is at the target (252 and newer). */
  readonly force?: boolean;
}

const shellWords: Omit<Presentation, 'title'> = {
  icon: 'terminal',
  ask: 'Machines to open a shell in',
  none: 'There is no machine to open a shell in. Start one first.',
};

export const start: CommandSpec = {
  ...machinectl('start', 'startable', [actions.units]),
  many: true,
  explain: explain.startFailed,
  presentations: [
    {
      title: 'Start',
      icon: 'play',
      ask: 'Machines to start',
      none: 'There is no machine to start. Every machine that has an image is running already.',
      row: { group: '1_state@1', inline: 1 },
    },
  ],
};

/** Asks the init system inside to end everything in good order. */
export const poweroff: CommandSpec = {
  ...machinectl('poweroff', 'running', [actions.machines]),
  many: true,
  control: true,
  presentations: [
    {
      id: 'powerOff',
      title: 'Power Off',
      icon: 'debug-stop',
      ask: 'Machines to power off',
      none: noneRuns('power off'),
      row: { group: '1_state@2', inline: 2 },
    },
  ],
};

export const reboot: CommandSpec = {
  ...machinectl('reboot', 'running', [actions.machines]),
  many: true,
  control: true,
  presentations: [
    {
      title: 'Reboot',
      icon: 'debug-restart',
      ask: 'Machines to reboot',
      none: noneRuns('reboot'),
      row: { group: '1_state@3' },
    },
  ],
};

/** Ends it at once: what the machine has not written is lost. */
export const terminate: CommandSpec = {
  ...machinectl('terminate', 'running', [actions.machines]),
  many: true,
  destroys: true,
  control: true,
  presentations: [
    {
      title: 'Terminate',
      icon: 'debug-disconnect',
      ask: 'Machines to terminate',
      none: noneRuns('terminate'),
      row: { group: '9_destroy@2' },
    },
  ],
};

/** Virtual machines with a control socket only, see {@link rightsFor}. machined does not tell whether one is paused. */
export const pause: CommandSpec = {
  ...machinectl('pause', 'vm', []),
  rights: 'owner',
  many: true,
  since: 261,
  explain: explain.noControlSocket,
  presentations: [
    {
      title: 'Pause',
      icon: 'debug-pause',
      ask: 'Virtual machines to pause',
      none: 'No virtual machine is running.',
      row: { group: '1_state@4' },
    },
  ],
};
export const resume: CommandSpec = {
  ...machinectl('resume', 'vm', []),
  rights: 'owner',
  many: true,
  since: 261,
  explain: explain.noControlSocket,
  presentations: [
    {
      title: 'Resume',
      icon: 'debug-continue',
      ask: 'Virtual machines to resume',
      none: 'No virtual machine is running.',
      row: { group: '1_state@5' },
    },
  ],
};

export const enable: CommandSpec = {
  ...machinectl('enable', 'image', [actions.unitFiles, actions.reload]),
  many: true,
  presentations: [
    {
      title: 'Enable at Boot',
      icon: 'rocket',
      ask: 'Machines to start at boot',
      none: 'There is no image.',
      row: { group: '1_state@7', flag: '!autostart' },
    },
  ],
};
export const disable: CommandSpec = {
  ...machinectl('disable', 'known', [actions.unitFiles, actions.reload]),
  many: true,
  presentations: [
    {
      title: 'Disable at Boot',
      icon: 'circle-slash',
      ask: 'Machines to no longer start at boot',
      none: 'There is no machine.',
      row: { group: '1_state@8', flag: 'autostart' },
    },
  ],
};

export const status: CommandSpec = {
  ...machinectl('status', 'running', []),
  rights: 'anyone',
  many: true,
  prints: true,
  presentations: [
    {
      title: 'Show Status',
      icon: 'info',
      ask: 'Machines to show the status of',
      none: noneRuns('show'),
      row: { group: '3_look@2' },
    },
  ],
  // Its terminal can be scrolled, so a pager is not needed.
  argv: (names) => ['machinectl', 'status', '--no-pager', '--', ...check.machines(names)],
};

/** A login prompt. Needs systemd and D-Bus inside; three times ^] leaves it. */
export const login: CommandSpec = {
  ...machinectl('login', 'running', [actions.login]),
  interactive: true,
  explain: explain.noBusInside,
  presentations: [
    {
      title: 'Log In',
      icon: 'sign-in',
      ask: 'Machines to log in to',
      none: noneRuns('log in to'),
      row: { group: '2_enter@3' },
    },
  ],
  argv: (names) => ['machinectl', 'login', '--', check.single('login', 'machine', check.machines(names))],
};

/** Needs a system bus inside. The exit status of what runs is not passed on. */
export const shell: CommandSpec<ShellOptions> = {
  ...plain,
  id: 'shell',
  needs: 'running',
  names: 'machine',
  interactive: true,
  rights: 'polkit',
  actions: [actions.shell],
  explain: explain.noBusInside,
  presentations: [
    { ...shellWords, id: 'openShell', title: 'Open Shell', row: { group: '2_enter@1', inline: 1 } },
    { ...shellWords, id: 'openShellAs', title: 'Open Shell As…', row: { group: '2_enter@2' } },
  ],
  argv: (names, { user = 'root', program = [] }) => {
    const name = check.single('shell', 'machine', check.machines(names));
    check.user(user);
    if (program[0] !== undefined && !program[0].startsWith('/')) {
      throw new check.CommandError(`${check.quoted(program[0])} is not an absolute path. machinectl does not search for programs.`);
    }
    if (program.some((argument) => argument.includes('\0'))) {
      throw new check.CommandError('An argument may not hold a NUL byte.');
    }
    // What runs is a unit of the machine's systemd, which replaces $NAME and takes $$ for a plain dollar sign.
    const literal = program.map((argument) => argument.replaceAll('$', '$$$$'));
    return ['machinectl', 'shell', '--', `${user}@${name}`, ...literal];
  },
};

export const kill: CommandSpec<KillOptions> = {
  ...machinectl('kill', 'running', [actions.machines]),
  many: true,
  destroys: true,
  presentations: [
    {
      title: 'Send Signal…',
      icon: 'zap',
      ask: 'Machines to send a signal to',
      none: noneRuns('send a signal to'),
      row: { group: '9_destroy@3' },
    },
  ],
  argv: (names, { signal, whom }, systemd = 252) => {
    // systemd v252 NEWS: --kill-who= was renamed.
    const option = systemd < 252 ? '--kill-who' : '--kill-whom';
    check.oneOf('target of a signal', whom, ['leader', 'all']);
    return ['machinectl', 'kill', `--signal=${check.signal(signal)}`, `${option}=${whom}`, '--', ...check.machines(names)];
  },
};

/** Not possible with user namespaces, which `systemd-nspawn@.service` uses unless the settings say otherwise. */
export const bind: CommandSpec<BindOptions> = {
  ...machinectl('bind', 'running', [actions.machines]),
  reads: 'host',
  writes: 'machine',
  needsHostUsers: true,
  explain: explain.noBindMount,
  presentations: [
    {
      title: 'Bind Mount Host Path…',
      icon: 'link',
      ask: 'Machines to bind mount a host path into',
      none: noneRuns('bind mount into'),
      row: { group: '4_files@4' },
    },
  ],
  argv: (names, { source, target, readOnly = false, mkdir = false }) => [
    'machinectl',
    'bind',
    ...(readOnly ? ['--read-only'] : []),
    ...(mkdir ? ['--mkdir'] : []),
    '--',
    ...oneAndPaths('bind', names, source, target),
  ],
};

/** The bus policy of systemd 252 and 257 lets root alone call what overwrites, whatever polkit says; that of 262 does not. */
const overwriting: NonNullable<CommandSpec['rightsWith']> = ({ force = false }, systemd = 262) =>
  force && systemd < 262 ? 'root' : 'polkit';

export const copyTo: CommandSpec<CopyOptions> = {
  ...machinectl('copyTo', 'running', [actions.machines]),
  reads: 'host',
  writes: 'machine',
  explain: explain.targetInsideExists,
  presentations: [
    {
      title: 'Copy to Machine…',
      icon: 'cloud-upload',
      ask: 'Machines to copy to',
      none: noneRuns('copy to'),
      row: { group: '4_files@2' },
    },
  ],
  rightsWith: overwriting,
  argv: (names, { source, target, force = false }) => [
    'machinectl',
    'copy-to',
    ...(force ? ['--force'] : []),
    '--',
    ...oneAndPaths('copy-to', names, source, target),
  ],
};

export const copyFrom: CommandSpec<CopyOptions> = {
  ...machinectl('copyFrom', 'running', [actions.machines]),
  reads: 'machine',
  writes: 'host',
  explain: explain.targetExists,
  presentations: [
    {
      title: 'Copy from Machine…',
      icon: 'cloud-download',
      ask: 'Machines to copy from',
      none: noneRuns('copy from'),
      row: { group: '4_files@3' },
    },
  ],
  rightsWith: overwriting,
  argv: (names, { source, target, force = false }) => [
    'machinectl',
    'copy-from',
    ...(force ? ['--force'] : []),
    '--',
    ...oneAndPaths('copy-from', names, source, target),
  ],
};

/** The journal that the machine itself keeps, from its latest lines on. */
export const journal: CommandSpec = {
  ...machinectl('journal', 'running', []),
  rights: 'root',
  interactive: true,
  explain: explain.needsRoot,
  presentations: [
    {
      title: 'Follow Journal Inside',
      icon: 'output',
      ask: 'Machines whose journal to follow',
      none: noneRuns('look into'),
      row: { group: '3_look@5' },
    },
  ],
  argv: (names) => ['journalctl', '--follow', '--lines=200', `--machine=${check.single('journal', 'machine', check.machines(names))}`],
};

/** What the host's journal knows of the unit: nspawn's own words and the machine's console. */
export const unitJournal: CommandSpec = {
  ...machinectl('unitJournal', 'known', []),
  rights: 'anyone',
  many: true,
  interactive: true,
  presentations: [
    {
      title: 'Follow Unit Log',
      icon: 'output',
      ask: 'Machines whose unit log to follow',
      none: 'There is no machine.',
      row: { group: '3_look@4' },
    },
  ],
  argv: (names) => ['journalctl', '--follow', '--lines=200', ...check.machines(names).map((name) => `--unit=${unitOfMachine(name)}`)],
};

/** The units inside that failed. */
export const failedUnits: CommandSpec = {
  ...machinectl('failedUnits', 'running', []),
  rights: 'root',
  prints: true,
  explain: explain.needsRoot,
  presentations: [
    {
      title: 'Show Failed Units Inside',
      icon: 'warning',
      ask: 'Machines to list failed units of',
      none: noneRuns('look into'),
      row: { group: '3_look@6' },
    },
  ],
  argv: (names) => [
    'systemctl',
    `--machine=${check.single('failed units', 'machine', check.machines(names))}`,
    '--no-pager',
    'list-units',
    '--failed',
  ],
};

/** Stops the unit, also one that still starts or that machinectl has no machine for. */
export const stopUnit: CommandSpec = {
  ...machinectl('stopUnit', 'running', [actions.units]),
  many: true,
  presentations: [
    {
      title: 'Stop Unit',
      icon: 'debug-stop',
      ask: 'Machines whose unit to stop',
      none: noneRuns('stop'),
      row: { group: '9_destroy@1' },
    },
  ],
  argv: (names) => ['systemctl', 'stop', '--', ...check.machines(names).map(unitOfMachine)],
};

/** Forgets that the unit failed, and with it the limit on how often it may be started. */
export const resetFailed: CommandSpec = {
  ...machinectl('resetFailed', 'failed', [actions.units]),
  many: true,
  presentations: [
    {
      title: 'Reset Failed State',
      icon: 'clear-all',
      ask: 'Machines whose failed state to reset',
      none: 'No machine has failed.',
      row: { group: '1_state@6' },
    },
  ],
  argv: (names) => ['systemctl', 'reset-failed', '--', ...check.machines(names).map(unitOfMachine)],
};

/** A command of machinectl that takes names of machines and nothing else. */
function machinectl(id: string, needs: Need, asked: readonly string[]): CommandSpec {
  return {
    ...plain,
    id,
    needs,
    names: 'machine',
    rights: 'polkit',
    actions: asked,
    argv: (names) => ['machinectl', id, '--', ...check.machines(names)],
  };
}

/** Said when a command for running machines finds none. */
function noneRuns(to: string): string {
  return `There is no machine to ${to}. None is running.`;
}

function oneAndPaths(command: string, names: readonly string[], source: string, target: string | undefined): readonly string[] {
  const name = check.single(command, 'machine', check.machines(names));
  return [name, check.absolute(source), ...(target === undefined ? [] : [check.absolute(target)])];
}
