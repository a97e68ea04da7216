/** Commands about images, which are there whether a machine runs from them or not. */

import { settingsFolder } from '../model/settings-files';
import * as check from './checks';
import { actions, type CommandSpec, type Need, plain } from './command-spec';
import { installer } from './install-settings';

export interface CloneOptions {
  readonly newName: string;
  readonly readOnly?: boolean;
}

export const clone: CommandSpec<CloneOptions> = {
  ...verb('clone', 'image'),
  notFor: ['block', 'mstack'],
  argv: (names, { newName, readOnly = false }) => [
    'machinectl',
    'clone',
    ...(readOnly ? ['--read-only'] : []),
    '--',
    check.single('clone', 'image', check.images(names)),
    check.newImage(newName),
  ],
};

/** Takes the image's `.nspawn` files along. Not of a device below /dev, which a list of images does not tell. */
export const rename: CommandSpec<{ readonly newName: string }> = {
  ...verb('rename', 'idle'),
  notFor: ['mstack'],
  argv: (names, { newName }) => [
    'machinectl',
    'rename',
    '--',
    check.single('rename', 'image', check.images(names)),
    check.newImage(newName),
  ],
};

export const readOnly: CommandSpec<{ readonly readOnly: boolean }> = {
  ...verb('readOnly', 'image'),
  notFor: ['mstack'],
  argv: (names, options) => [
    'machinectl',
    'read-only',
    '--',
    check.single('read-only', 'image', check.images(names)),
    options.readOnly ? 'yes' : 'no',
  ],
};

/** Works on btrfs only. */
export const setLimit: CommandSpec<{ readonly limit: string }> = {
  ...verb('setLimit', 'image'),
  argv: (names, { limit }) => [
    'machinectl',
    'set-limit',
    '--',
    check.single('set-limit', 'image', check.images(names)),
    check.limit(limit),
  ],
};

/** The limit of all images together. The first one turns quotas on, which every other limit needs. */
export const setPoolLimit: CommandSpec<{ readonly limit: string }> = {
  ...verb('setPoolLimit', 'nothing'),
  names: 'none',
  actions: [actions.machines],
  argv: (_, { limit }) => ['machinectl', 'set-limit', '--', check.limit(limit)],
};

/**
 * Installs a settings file where the administrator has them, which nspawn trusts. `source`: a private copy of its text, alone in
 * a folder that only this user may write to. `was`: the stamp of the file that may be replaced (`stampOf`); anything else is not replaced.
 */
export const installSettings: CommandSpec<{ readonly source: string; readonly name: string; readonly was?: string }> = {
  ...verb('installSettings', 'nothing'),
  names: 'none',
  rights: 'root',
  actions: [],
  argv: (_, { source, name, was }) => [
    // The program that VS Code runs extensions with may be Electron. sudo, run0 and systemd-run keep no environment, env gives it.
    'env',
    'ELECTRON_RUN_AS_NODE=1',
    process.execPath,
    ...installer,
    check.absolute(source),
    `${settingsFolder}/${check.image(name)}.nspawn`,
    ...(was === undefined ? [] : [was]),
  ],
};

/** Deletes images, and their `.nspawn` files with them. What is on a device stays. */
export const remove: CommandSpec = {
  ...verb('remove', 'idle'),
  many: true,
  destroys: true,
  argv: (names) => ['machinectl', 'remove', '--', ...check.images(names)],
};

/** Deletes the hidden images, which downloads leave for the next one. */
export const clean: CommandSpec = {
  ...verb('clean', 'nothing'),
  names: 'none',
  destroys: true,
  actions: [actions.machines],
  argv: () => ['machinectl', 'clean'],
};

function verb(id: string, needs: Need): Omit<CommandSpec, 'argv'> {
  return { ...plain, id, needs, names: 'image', rights: 'polkit', actions: [actions.images] };
}
