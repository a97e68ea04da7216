/** Commands about images, which are there whether a machine runs from them or not. */

import { settingsFolder } from '../model/settings-files';
import * as check from './checks';
import { actions, type CommandSpec, type Need, plain } from './command-spec';
import * as explain from './explain';
import { installer } from './install-settings';

export interface CloneOptions {
  readonly newName: string;
  readonly readOnly?: boolean;
}

export const clone: CommandSpec<CloneOptions> = {
  ...machinectl('clone', 'image'),
  notFor: ['block', 'mstack'],
  presentations: [
    {
      title: 'Clone…',
      icon: 'copy',
      ask: 'Images to clone',
      none: 'There is no image to clone. systemd cannot clone devices or an mstack.',
      row: { group: '6_image@1', views: ['machines', 'images'] },
    },
  ],
  argv: (names, { newName, readOnly = false }) => [
    'machinectl',
    'clone',
    ...(readOnly ? ['--read-only'] : []),
    '--',
    check.single('clone', 'image', check.images(names)),
    check.newImage(newName),
  ],
};

const noneToMark = 'There is no image that can be made read-only or writable. systemd cannot do this to an mstack.';

/** Takes the image's `.nspawn` files along. Not of a device below /dev, which a list of images does not tell. */
export const rename: CommandSpec<{ readonly newName: string }> = {
  ...machinectl('rename', 'idle'),
  notFor: ['mstack'],
  explain: explain.imageBusy,
  presentations: [
    {
      title: 'Rename…',
      icon: 'edit',
      ask: 'Images to rename',
      none: 'There is no image to rename. Images of running machines are busy, and systemd cannot rename an mstack.',
      row: { group: '6_image@2', views: ['machines', 'images'] },
      key: { key: 'f2' },
    },
  ],
  argv: (names, { newName }) => [
    'machinectl',
    'rename',
    '--',
    check.single('rename', 'image', check.images(names)),
    check.newImage(newName),
  ],
};

export const readOnly: CommandSpec<{ readonly readOnly: boolean }> = {
  ...machinectl('readOnly', 'image'),
  notFor: ['mstack'],
  presentations: [
    {
      id: 'readOnlyOn',
      title: 'Make Read-Only',
      icon: 'lock',
      ask: 'Images to make read-only',
      none: noneToMark,
      row: { group: '6_image@3', flag: '!readonly' },
    },
    {
      id: 'readOnlyOff',
      title: 'Make Writable',
      icon: 'unlock',
      ask: 'Images to make writable',
      none: noneToMark,
      row: { group: '6_image@4', flag: 'readonly' },
    },
  ],
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
  ...machinectl('setLimit', 'image'),
  usesBtrfs: true,
  explain: explain.noImageLimit,
  presentations: [
    {
      title: 'Set Size Limit…',
      icon: 'dashboard',
      ask: 'Images to limit the size of',
      none: 'There is no image.',
      row: { group: '6_image@5' },
    },
  ],
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
  ...machinectl('setPoolLimit', 'nothing'),
  usesBtrfs: true,
  explain: explain.noLimit,
  presentations: [{ title: 'Set Total Image Size Limit…', icon: 'dashboard', imagesView: '3_limit@1' }],
  names: 'none',
  actions: [actions.machines],
  argv: (_, { limit }) => ['machinectl', 'set-limit', '--', check.limit(limit)],
};

/**
 * Installs a settings file where the administrator has them, which nspawn trusts. `source`: a private copy of its text, alone in
 * a folder that only this user may write to. `was`: the stamp of the file that may be replaced (`stampOf`); anything else is not replaced.
 */
export const installSettings: CommandSpec<{ readonly source: string; readonly name: string; readonly was?: string }> = {
  ...machinectl('installSettings', 'nothing'),
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
  ...machinectl('remove', 'idle'),
  explain: explain.imageBusy,
  presentations: [
    {
      title: 'Delete Image…',
      icon: 'trash',
      ask: 'Images to delete',
      none: 'There is no image to delete. Images of running machines are busy.',
      row: { group: '9_destroy@4', views: ['machines', 'images'] },
      key: { key: 'delete', mac: 'cmd+backspace' },
    },
  ],
  many: true,
  destroys: true,
  argv: (names) => ['machinectl', 'remove', '--', ...check.images(names)],
};

/** Deletes the hidden images, which downloads leave for the next one. */
export const clean: CommandSpec = {
  ...machinectl('clean', 'nothing'),
  presentations: [{ title: 'Delete Hidden Images…', icon: 'trash', imagesView: '9_destroy@1' }],
  names: 'none',
  destroys: true,
  actions: [actions.machines],
  argv: () => ['machinectl', 'clean'],
};

function machinectl(id: string, needs: Need): Omit<CommandSpec, 'argv'> {
  return { ...plain, id, needs, names: 'image', rights: 'polkit', actions: [actions.images] };
}
