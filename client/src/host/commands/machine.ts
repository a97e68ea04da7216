/** Commands about machines that run, or are to run. */

import { unitOfMachine } from '../names';
import * as check from './checks';
import { actions, type CommandSpec, type Need, plain } from './command-spec';

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

export const start: CommandSpec = {
  ...verb('start', 'startable', [actions.units]),
  many: true,
};

/** Asks the init system inside to end everything in good order. */
export const poweroff: CommandSpec = { ...verb('poweroff', 'running', [actions.machines]), many: true, control: true };

export const reboot: CommandSpec = { ...verb('reboot', 'running', [actions.machines]), many: true, control: true };

/** Ends it at once: what the machine has not written is lost. */
export const terminate: CommandSpec = {
  ...verb('terminate', 'running', [actions.machines]),
  many: true,
  destroys: true,
  control: true,
};

/** Virtual machines with a control socket only, see {@link rightsFor}. machined does not tell whether one is paused. */
export const pause: CommandSpec = { ...verb('pause', 'vm', []), rights: 'owner', many: true, since: 261 };
export const resume: CommandSpec = { ...verb('resume', 'vm', []), rights: 'owner', many: true, since: 261 };

export const enable: CommandSpec = {
  ...verb('enable', 'image', [actions.unitFiles, actions.reload]),
  many: true,
};
export const disable: CommandSpec = {
  ...verb('disable', 'known', [actions.unitFiles, actions.reload]),
  many: true,
};

export const status: CommandSpec = {
  ...verb('status', 'running', []),
  rights: 'anyone',
  many: true,
  prints: true,
  // Its terminal can be scrolled, so a pager is not needed.
  argv: (names) => ['machinectl', 'status', '--no-pager', '--', ...check.machines(names)],
};

/** A login prompt. Needs systemd and D-Bus inside; three times ^] leaves it. */
export const login: CommandSpec = {
  ...verb('login', 'running', [actions.login]),
  interactive: true,
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
  ...verb('kill', 'running', [actions.machines]),
  many: true,
  destroys: true,
  argv: (names, { signal, whom }, systemd = 252) => {
    // systemd v252 NEWS: --kill-who= was renamed.
    const option = systemd < 252 ? '--kill-who' : '--kill-whom';
    check.oneOf('target of a signal', whom, ['leader', 'all']);
    return ['machinectl', 'kill', `--signal=${check.signal(signal)}`, `${option}=${whom}`, '--', ...check.machines(names)];
  },
};

/** Not possible with user namespaces, which `systemd-nspawn@.service` uses unless the settings say otherwise. */
export const bind: CommandSpec<BindOptions> = {
  ...verb('bind', 'running', [actions.machines]),
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
  ...verb('copyTo', 'running', [actions.machines]),
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
  ...verb('copyFrom', 'running', [actions.machines]),
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
  ...verb('journal', 'running', []),
  rights: 'root',
  interactive: true,
  argv: (names) => ['journalctl', '--follow', '--lines=200', `--machine=${check.single('journal', 'machine', check.machines(names))}`],
};

/** What the host's journal knows of the unit: nspawn's own words and the machine's console. */
export const unitJournal: CommandSpec = {
  ...verb('unitJournal', 'known', []),
  rights: 'anyone',
  many: true,
  interactive: true,
  argv: (names) => ['journalctl', '--follow', '--lines=200', ...check.machines(names).map((name) => `--unit=${unitOfMachine(name)}`)],
};

/** The units inside that failed. */
export const failedUnits: CommandSpec = {
  ...verb('failedUnits', 'running', []),
  rights: 'root',
  prints: true,
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
  ...verb('stopUnit', 'running', [actions.units]),
  many: true,
  argv: (names) => ['systemctl', 'stop', '--', ...check.machines(names).map(unitOfMachine)],
};

/** Forgets that the unit failed, and with it the limit on how often it may be started. */
export const resetFailed: CommandSpec = {
  ...verb('resetFailed', 'failed', [actions.units]),
  many: true,
  argv: (names) => ['systemctl', 'reset-failed', '--', ...check.machines(names).map(unitOfMachine)],
};

/** A verb of machinectl that takes names of machines and nothing else. */
function verb(id: string, needs: Need, asked: readonly string[]): CommandSpec {
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

function oneAndPaths(command: string, names: readonly string[], source: string, target: string | undefined): readonly string[] {
  const name = check.single(command, 'machine', check.machines(names));
  return [name, check.absolute(source), ...(target === undefined ? [] : [check.absolute(target)])];
}
