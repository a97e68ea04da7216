/** Commands that bring images in and out. From systemd 256 they are importctl's; machinectl had them before. */
import * as check from './checks';
import { actions, type CommandSpec, plain } from './command-spec';
import * as explain from './explain';
import type { Presentation } from './presentation';

export interface PullOptions {
  readonly url: string;
  readonly name: string;
  /** What has to be right: a signature of the checksums, a checksum, or nothing. */
  readonly verify: Verification;
  /** Replaces an image of that name. */
  readonly force?: boolean;
}

export type Verification = 'signature' | 'checksum' | 'no';

export interface ImportOptions {
  /** A file, or for a file system a folder; absolute. */
  readonly source: string;
  readonly name: string;
  readonly force?: boolean;
}

export interface ExportOptions {
  /** Absolute; its ending chooses the compression: .xz, .gz, .bz2, and .zst where systemd knows it. */
  readonly target: string;
}

export const pullTar = pull('pullTar', 'tar', { title: 'Download tar Archive…', icon: 'cloud-download', imagesView: '1_get@1' });
export const pullRaw = pull('pullRaw', 'raw', { title: 'Download Disk Image…', icon: 'cloud-download', imagesView: '1_get@2' });
export const importTar = imported('importTar', 'tar', { title: 'Import tar Archive…', icon: 'cloud-upload', imagesView: '2_import@1' });
export const importRaw = imported('importRaw', 'raw', { title: 'Import Disk Image…', icon: 'cloud-upload', imagesView: '2_import@2' });
export const importFs = imported('importFs', 'fs', { title: 'Import Folder…', icon: 'cloud-upload', imagesView: '2_import@3' });
export const exportTar = exported('exportTar', 'tar', ['raw', 'block'], {
  title: 'Export as tar…',
  icon: 'package',
  ask: 'Images to export as tar',
  none: 'There is no image to export as tar. Export raw images as disk image; devices cannot be exported.',
  row: { group: '6_image@6' },
});
export const exportRaw = exported('exportRaw', 'raw', ['directory', 'subvolume', 'block', 'mstack'], {
  title: 'Export as Disk Image…',
  icon: 'package',
  ask: 'Images to export as disk image',
  none: 'There is no image to export as disk image. Export directories as tar; devices cannot be exported.',
  row: { group: '6_image@7' },
});

export const cancelTransfer: CommandSpec<{ readonly ids: readonly number[] }> = {
  ...transfer('cancelTransfer', actions.cancel),
  many: true,
  argv: (_, { ids }, systemd) => {
    if (ids.length === 0) throw new check.CommandError('No transfer was named.');
    for (const id of ids) {
      if (!Number.isInteger(id) || id <= 0 || id > 0xffffffff) {
        throw new check.CommandError(`${String(id)} is not the number of a transfer.`);
      }
    }
    return [...program(systemd), 'cancel-transfer', '--', ...ids.map(String)];
  },
};

function program(systemd = 256): readonly string[] {
  return systemd < 256 ? ['machinectl'] : ['importctl', '--class=machine'];
}

function pull(id: string, packing: 'tar' | 'raw', presentation: Presentation): CommandSpec<PullOptions> {
  return {
    ...transfer(id, actions.pull),
    transfer: `pull-${packing}`,
    explain: explain.notVerified,
    presentations: [presentation],
    argv: (_, { url, name, verify, force = false }, systemd) => [
      ...program(systemd),
      `pull-${packing}`,
      `--verify=${check.oneOf('way to verify', verify, ['signature', 'checksum', 'no'])}`,
      ...forced(force),
      '--',
      check.url(url),
      check.incoming(name, packing, systemd),
    ],
  };
}

function imported(id: string, packing: check.Packing, presentation: Presentation): CommandSpec<ImportOptions> {
  return {
    ...transfer(id, actions.import),
    transfer: `import-${packing}`,
    reads: 'host',
    explain: explain.notImportable,
    presentations: [presentation],
    argv: (_, { source, name, force = false }, systemd) => [
      ...program(systemd),
      `import-${packing}`,
      ...forced(force),
      '--',
      check.absolute(source),
      check.incoming(name, packing, systemd),
    ],
  };
}

function exported(id: string, packing: 'tar' | 'raw', notFor: readonly string[], presentation: Presentation): CommandSpec<ExportOptions> {
  const word = `export-${packing}`;
  return {
    ...transfer(id, actions.export),
    transfer: word,
    writes: 'host',
    presentations: [presentation],
    needs: 'image',
    names: 'image',
    notFor,
    argv: (names, { target }, systemd) => [
      ...program(systemd),
      word,
      '--',
      check.transferred(check.single(word, 'image', check.images(names)), systemd),
      check.absolute(target),
    ],
  };
}

function transfer(id: string, action: string): Omit<CommandSpec, 'argv'> {
  return { ...plain, id, needs: 'nothing', names: 'none', rights: 'polkit', actions: [action] };
}

function forced(force: boolean): readonly string[] {
  return force ? ['--force'] : [];
}
