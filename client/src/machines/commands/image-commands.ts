import { asIncoming, commands, exists, type Packing } from '../../host';
import { confirm, type Question } from '../../ui/notifications';
import { joined, type Said, say } from '../../ui/text';
import { askLimit, askNewName, askSource, askTarget, askUrl, nameFrom, pick } from '../prompts/prompts';
import { bytes } from '../views/image-row';
import { type CommandContext, command, commandWithOptions, type MachineCommand } from './machine-command';

const noImage = 'There is no image.';
const noMark = 'There is no image that can be made read-only or writable. systemd cannot do this to an mstack.';
const packed = { 'tar archives': ['tar', 'gz', 'xz', 'bz2', 'zst', 'tgz', 'txz'], 'All files': ['*'] };
const disks = { 'Disk images': ['raw', 'img', 'qcow2', 'gz', 'xz', 'bz2', 'zst'], 'All files': ['*'] };

export const imageCommands: readonly MachineCommand[] = [
  commandWithOptions(
    'clone',
    commands.clone,
    {
      title: 'Clone',
      icon: 'copy',
      ask: 'Images to clone',
      none: 'There is no image to clone. systemd cannot clone devices or an mstack.',
    },
    async ([name = ''], scene) => {
      const newName = await askNewName(`Clone ${name}`, `${name}-copy`, scene);
      return newName === undefined ? undefined : { newName };
    },
  ),
  commandWithOptions(
    'rename',
    commands.rename,
    {
      title: 'Rename',
      icon: 'edit',
      ask: 'Images to rename',
      none: 'There is no image to rename. Images of running machines are busy, and systemd cannot rename an mstack.',
      precheck: cannotRename,
    },
    async ([name = ''], scene) => {
      const newName = await askNewName(`Rename ${name}`, name, scene);
      return newName === undefined ? undefined : { newName };
    },
  ),
  commandWithOptions(
    'readOnlyOn',
    commands.readOnly,
    { title: 'Read-only', icon: 'lock', ask: 'Images to make read-only', none: noMark },
    () => Promise.resolve({ readOnly: true }),
  ),
  commandWithOptions(
    'readOnlyOff',
    commands.readOnly,
    { title: 'Writable', icon: 'unlock', ask: 'Images to make writable', none: noMark },
    () => Promise.resolve({ readOnly: false }),
  ),
  commandWithOptions(
    'setLimit',
    commands.setLimit,
    { title: 'Limit', icon: 'dashboard', ask: 'Images to limit', none: noImage },
    async ([name = '']) => {
      const limit = await askLimit(`Limit the size of ${name}`);
      return limit === undefined ? undefined : { limit };
    },
  ),
  commandWithOptions(
    'setPoolLimit',
    commands.setPoolLimit,
    { title: 'Limit all images', icon: 'dashboard', ask: '', none: '' },
    async () => {
      const limit = await askLimit('Limit the size of all images together');
      return limit === undefined ? undefined : { limit };
    },
  ),
  command('remove', commands.remove, {
    title: 'Remove',
    icon: 'trash',
    ask: 'Images to delete',
    none: 'There is no image to delete. Images of running machines are busy.',
    confirmation: whatDies,
  }),
  command('clean', commands.clean, {
    title: 'Clean',
    icon: 'trash',
    ask: '',
    none: '',
    confirmation: () =>
      Promise.resolve({
        message: say`Delete the hidden images?`,
        button: 'Delete',
        detail: say`Each download keeps a hidden, unmodified copy so that downloading the same address again is fast. All hidden images are deleted; other images stay.`,
      }),
  }),
  commandWithOptions(
    'exportTar',
    commands.exportTar,
    {
      title: 'Export',
      icon: 'package',
      ask: 'Images to export as tar',
      none: 'There is no image to export as tar. Export raw images as disk image; devices cannot be exported.',
    },
    async ([name = ''], scene) => {
      const target = await askTarget(`Export ${name}: the file ending selects the compression`, `${name}.tar.xz`, scene);
      return target === undefined ? undefined : { target };
    },
  ),
  commandWithOptions(
    'exportRaw',
    commands.exportRaw,
    {
      title: 'Export',
      icon: 'package',
      ask: 'Images to export as disk image',
      none: 'There is no image to export as disk image. Export directories as tar; devices cannot be exported.',
    },
    async ([name = ''], scene) => {
      const target = await askTarget(`Export ${name}: the file ending selects the compression`, `${name}.raw.xz`, scene);
      return target === undefined ? undefined : { target };
    },
  ),
  commandWithOptions('importTar', commands.importTar, { title: 'Import', icon: 'cloud-upload', ask: '', none: '' }, (_, scene) =>
    imported('Import a tar archive', 'tar', scene, packed),
  ),
  commandWithOptions('importRaw', commands.importRaw, { title: 'Import', icon: 'cloud-upload', ask: '', none: '' }, (_, scene) =>
    imported('Import a disk image', 'raw', scene, disks),
  ),
  commandWithOptions('importFs', commands.importFs, { title: 'Import', icon: 'cloud-upload', ask: '', none: '' }, (_, scene) =>
    imported('Import a folder', 'fs', scene),
  ),
  commandWithOptions('pullTar', commands.pullTar, { title: 'Download', icon: 'cloud-download', ask: '', none: '' }, (_, scene) =>
    pulled('Download a tar archive', 'tar', 'https://example.org/debian.tar.xz', scene),
  ),
  commandWithOptions('pullRaw', commands.pullRaw, { title: 'Download', icon: 'cloud-download', ask: '', none: '' }, (_, scene) =>
    pulled('Download a disk image', 'raw', 'https://example.org/fedora.raw.xz', scene),
  ),
];

async function imported(title: string, packing: Packing, scene: CommandContext, filters?: Record<string, string[]>) {
  const source = await askSource(title, packing === 'fs' ? 'folder' : 'file', scene, filters);
  const target = source && (await askNewOrOld(title, nameFrom(source), packing, scene));
  return source && target ? { source, ...target } : undefined;
}

/** A name for an image that comes from elsewhere, and whether it is to replace one that has it, which a dialog has asked. */
async function askNewOrOld(
  title: string,
  value: string,
  packing: Packing,
  scene: CommandContext,
): Promise<{ name: string; force: boolean } | undefined> {
  const systemd = await scene.spec.systemd();
  const name = await askNewName(title, value, scene, { mayReplace: true, check: (text) => asIncoming(text, packing, systemd) });
  if (name === undefined || !scene.hasImage(name)) return name === undefined ? undefined : { name, force: false };
  const { detail } = await whatDies([name], scene);
  return (await confirm({ message: say`Replace the image ${name}?`, detail, button: 'Replace' })) ? { name, force: true } : undefined;
}

async function pulled(title: string, packing: Packing, example: string, scene: CommandContext) {
  const url = await askUrl(title, example);
  const target = url && (await askNewOrOld(title, nameFrom(url), packing, scene));
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
async function whatDies(names: readonly string[], scene: CommandContext): Promise<Question> {
  const lost: string[] = [],
    devices: string[] = [],
    links: string[] = [];
  const lines = await Promise.all(
    names.map(async (name) => {
      const path = await scene.pathOf(name);
      const image = scene.machine(name)?.image;
      (image?.type !== 'block' ? lost : isBelowDev(path) ? links : devices).push(name);
      const facts = [image?.type, image?.usage === undefined ? undefined : bytes(image.usage), path].filter((fact) => fact !== undefined);
      const files: Said[] = [];
      if (scene.spec.local) for (const file of scene.spec.settingsFiles(name, path)) if (await exists(file)) files.push(say`  ${file}`);
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
async function cannotRename(names: readonly string[], scene: CommandContext): Promise<string | undefined> {
  for (const name of names) {
    const path = await scene.pathOf(name);
    if (isBelowDev(path))
      return `${name} cannot be renamed: it is a link to ${path ?? ''}, and systemd does not rename devices below /dev. Rename the link itself.`;
  }
  return undefined;
}
