/** Definitions of partitions for systemd-repart, as mkosi.default described them. */

/** One key that a line asked for, and the comments above that line. */
export interface Wish {
  /** `root`, `home` ... as in Type=; `all` and `data`: every partition, or those with data. */
  readonly type: string;
  readonly key: string;
  readonly value: string;
  readonly comments: string;
}

/** File name and keys by type, in the order on the disk. */
const layout: readonly (readonly [type: string, file: string, keys: Readonly<Record<string, string>>])[] = [
  ['esp', '00-esp', { Format: 'vfat' }],
  ['21686148-6449-6e6f-744e-656564454649', '05-bios', {}],
  ['xbootldr', '06-xbootldr', { Format: 'vfat', CopyFiles: '/boot:/' }],
  ['root', '10-root', { CopyFiles: '/' }],
  ['usr', '10-usr', { CopyFiles: '/usr:/' }],
  ['home', '20-home', { CopyFiles: '/home:/' }],
  ['srv', '21-srv', { CopyFiles: '/srv:/' }],
  ['var', '22-var', { CopyFiles: '/var:/' }],
  ['tmp', '23-tmp', { CopyFiles: '/var/tmp:/' }],
  ['swap', '30-swap', { Format: 'swap' }],
];
const bios = '21686148-6449-6e6f-744e-656564454649';
const data = ['home', 'srv', 'var', 'tmp'];

/** What determines partitions besides the requests. */
export interface DiskLayout {
  readonly fileSystem: string;
  readonly bootable: boolean;
  readonly grub: boolean;
  readonly verity: 'no' | 'yes' | 'signed';
}

/**
 * The files of a `mkosi.repart` folder. Sizes were exact in mkosi.default, so they become both minimum and maximum;
 * a root file system without a size is made as small as its content, as mkosi itself does it.
 */
export function definitions(wishes: readonly Wish[], { fileSystem, bootable, grub, verity }: DiskLayout): { name: string; text: string }[] {
  const usr = wishes.some((w) => w.type === 'usr');
  const main = usr ? 'usr' : 'root';
  const asked = new Set(wishes.map((w) => (w.type === 'root' ? main : w.type)));
  asked.add(main);
  for (const [type, wanted] of [
    ['esp', bootable],
    [bios, grub && bootable],
  ] as const) {
    if (wanted) asked.add(type);
    else asked.delete(type);
  }
  const files: { name: string; text: string }[] = [];
  for (const [type, file, keys] of layout) {
    if (!asked.has(type)) continue;
    const own = wishes
      .filter(
        (w) =>
          w.type === type ||
          (type === main && w.type === 'root') ||
          (w.type === 'all' && (type === main || data.includes(type))) ||
          (w.type === 'data' && data.includes(type)),
      )
      .filter((w) => !(usr && w.type === 'root' && w.key === 'CopyFiles'));
    const lines = new Map<string, string>([['Type', type], ...Object.entries(keys)]);
    if (type === main || data.includes(type)) lines.set('Format', fileSystem);
    const comments = new Map<string, string>();
    for (const w of own) {
      if (w.key === 'Type') continue;
      lines.set(w.key, w.value);
      if (w.comments !== '' && ![...comments.values()].includes(w.comments)) comments.set(w.key, w.comments);
    }
    if (type === 'esp' && !lines.has('SizeMinBytes')) both(lines, grub ? '1G' : '512M');
    if (type === bios && !lines.has('SizeMinBytes')) both(lines, '1M');
    if (type === main && !lines.has('SizeMinBytes') && !lines.has('Minimize')) {
      lines.set('Minimize', fileSystem === 'squashfs' || lines.has('Verity') ? 'best' : 'guess');
    }
    if (lines.has('Verity')) lines.set('VerityMatchKey', main);
    const esp = type === 'esp' ? `${asked.has('xbootldr') ? '' : 'CopyFiles=/boot:/\n'}CopyFiles=/efi:/\n` : '';
    files.push({ name: `${file}.conf`, text: definition([...lines], comments) + esp });
  }
  if (verity !== 'no') {
    files.push({
      name: `11-${main}-verity.conf`,
      text: definition([
        ['Type', `${main}-verity`],
        ['Verity', 'hash'],
        ['VerityMatchKey', main],
        ['Minimize', 'best'],
      ]),
    });
  }
  if (verity === 'signed') {
    files.push({
      name: `12-${main}-verity-sig.conf`,
      text: definition([
        ['Type', `${main}-verity-sig`],
        ['Verity', 'signature'],
        ['VerityMatchKey', main],
      ]),
    });
  }
  return files;
}

function both(lines: Map<string, string>, size: string): void {
  lines.set('SizeMinBytes', size);
  lines.set('SizeMaxBytes', size);
}

const definition = (lines: readonly (readonly [string, string])[], comments?: ReadonlyMap<string, string>): string =>
  `[Partition]\n${lines.map(([key, value]) => `${comments?.get(key) ?? ''}${key}=${value}\n`).join('')}`;
