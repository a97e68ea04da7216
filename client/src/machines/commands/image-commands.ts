import { asIncoming, commands, exists, type Packing } from '../../host';
import { confirm, type Question } from '../../ui/notifications';
import { joined, type Said, say } from '../../ui/text';
import { askLimit, askNewName, askSource, askTarget, askUrl, nameFrom, pick } from '../prompts/prompts';
import { bytes } from '../views/image-row';
import { type CommandContext, command, commandWithOptions, type MachineCommand } from './machine-command';

const archives = { 'tar archives': ['tar', 'gz', 'xz', 'bz2', 'zst', 'tgz', 'txz'], 'All files': ['*'] };
const disks = { 'Disk images': ['raw', 'img', 'qcow2', 'gz', 'xz', 'bz2', 'zst'], 'All files': ['*'] };

/** Those that need more than their data; see machine-commands.ts for those about machines. */
export const imageCommands: readonly MachineCommand[] = [
  commandWithOptions('clone', commands.clone, async ([name = ''], context, title) => {
    const newName = await askNewName(title, `${name}-copy`, context);
    return newName === undefined ? undefined : { newName };
  }),
  commandWithOptions(
    'rename',
    commands.rename,
    async ([name = ''], context, title) => {
      const newName = await askNewName(title, name, context);
      return newName === undefined ? undefined : { newName };
    },
    { precheck: cannotRename },
  ),
  commandWithOptions('readOnlyOn', commands.readOnly, () => Promise.resolve({ readOnly: true })),
  commandWithOptions('readOnlyOff', commands.readOnly, () => Promise.resolve({ readOnly: false })),
  commandWithOptions('setLimit', commands.setLimit, limited),
  commandWithOptions('setPoolLimit', commands.setPoolLimit, limited),
  command('remove', commands.remove, { confirmation: whatDies }),
  command('clean', commands.clean, {
    confirmation: () =>
      Promise.resolve({
        message: say`Delete the hidden images?`,
        button: 'Delete',
        detail: say`Each download keeps a hidden, unmodified copy so that downloading the same address again is fast. All hidden images are deleted; other images stay.`,
      }),
  }),
  commandWithOptions('exportTar', commands.exportTar, exported('.tar.xz')),
  commandWithOptions('exportRaw', commands.exportRaw, exported('.raw.xz')),
  commandWithOptions('importTar', commands.importTar, (_, context, title) => imported(title, 'tar', context, archives)),
  commandWithOptions('importRaw', commands.importRaw, (_, context, title) => imported(title, 'raw', context, disks)),
  commandWithOptions('importFs', commands.importFs, (_, context, title) => imported(title, 'fs', context)),
  commandWithOptions('pullTar', commands.pullTar, (_, context, title) =>
    pulled(title, 'tar', 'https://example.org/debian.tar.xz', context),
  ),
  commandWithOptions('pullRaw', commands.pullRaw, (_, context, title) =>
    pulled(title, 'raw', 'https://example.org/fedora.raw.xz', context),
  ),
];

async function limited(_: readonly string[], __: CommandContext, title: string): Promise<{ limit: string } | undefined> {
  const limit = await askLimit(title);
  return limit === undefined ? undefined : { limit };
}

/** @param ending of the name that is proposed */
function exported(ending: string) {
  return async ([name = '']: readonly string[], context: CommandContext, title: string) => {
    const target = await askTarget(`${title}: the file ending selects the compression`, `${name}${ending}`, context);
    return target === undefined ? undefined : { target };
  };
}

async function imported(title: string, packing: Packing, context: CommandContext, filters?: Record<string, string[]>) {
  const source = await askSource(title, packing === 'fs' ? 'folder' : 'file', context, filters);
  const target = source && (await askNewOrOld(title, nameFrom(source), packing, context));
  return source && target ? { source, ...target } : undefined;
}

/** A name for an image that comes from elsewhere, and whether it is to replace one that has it, which a dialog has asked. */
async function askNewOrOld(
  title: string,
  value: string,
  packing: Packing,
  context: CommandContext,
): Promise<{ name: string; force: boolean } | undefined> {
  const systemd = await context.spec.systemd();
  const name = await askNewName(title, value, context, { mayReplace: true, check: (text) => asIncoming(text, packing, systemd) });
  if (name === undefined || !context.hasImage(name)) return name === undefined ? undefined : { name, force: false };
  const { detail } = await whatDies([name], context);
  return (await confirm({ message: say`Replace the image ${name}?`, detail, button: 'Replace' })) ? { name, force: true } : undefined;
}

async function pulled(title: string, packing: Packing, example: string, context: CommandContext) {
  const url = await askUrl(title, example);
  const target = url && (await askNewOrOld(title, nameFrom(url), packing, context));
  if (!url || !target) return undefined;
  const verify = await pick(title, [
    {
      label: 'Verify the signature',
      description: 'needs SHA256SUMS and SHA256SUMS.gpg next to the file, and the key on this host',
      value: 'signature',
    },
    {
      label: 'Verify the checksum',
      description: 'needs SHA256SUMS next to the file; detects damage, not a malicious server',
      value: 'checksum',
    },
    { label: 'Do not verify', description: 'accepts whatever the server sends', value: 'no' },
  ] as const);
  return verify && { url, ...target, verify };
}

/** Every image with its size and place, and the settings files that go with it. */
async function whatDies(names: readonly string[], context: CommandContext): Promise<Question> {
  const lost: string[] = [],
    devices: string[] = [],
    links: string[] = [];
  const lines = await Promise.all(
    names.map(async (name) => {
      const path = await context.pathOf(name);
      const image = context.machine(name)?.image;
      (image?.type !== 'block' ? lost : isBelowDev(path) ? links : devices).push(name);
      const facts = [image?.type, image?.usage === undefined ? undefined : bytes(image.usage), path].filter((fact) => fact !== undefined);
      const files: Said[] = [];
      if (context.spec.local) for (const file of context.spec.settingsFiles(name, path)) if (await exists(file)) files.push(say`  ${file}`);
      return joined('\n', [facts.length > 0 ? say`${name} (${facts})` : say`${name}`, ...files]);
    }),
  );
  return {
    message: names.length === 1 ? say`Delete the image ${names[0] ?? ''}?` : say`Delete ${names.length} images?`,
    detail: joined('\n\n', [
      joined('\n', lines),
      ...(lost.length > 0
        ? [say`The images with everything in them are deleted, and their settings files (.nspawn) too. This cannot be undone.`]
        : []),
      ...(devices.length > 0
        ? [say`${devices}: the device entry is deleted, and its settings files (.nspawn) too. The data on the device stays.`]
        : []),
      ...(links.length > 0
        ? [
            joined(' ', [
              say`${links}: only the settings files (.nspawn) are deleted. systemd does not delete devices below /dev,`,
              say`so the image stays until you delete the link to the device.`,
            ]),
          ]
        : []),
    ]),
    button: 'Delete',
  };
}

/** Where systemd 262 says that an image is which is a link to a device; older ones name the link. */
const isBelowDev = (path: string | undefined): boolean => path?.startsWith('/dev/') === true;

/** Why a new name cannot be given. */
async function cannotRename(names: readonly string[], context: CommandContext): Promise<string | undefined> {
  for (const name of names) {
    const path = await context.pathOf(name);
    if (isBelowDev(path))
      return `${name} cannot be renamed: it is a link to ${path ?? ''}, and systemd does not rename devices below /dev. Rename the link itself.`;
  }
  return undefined;
}
