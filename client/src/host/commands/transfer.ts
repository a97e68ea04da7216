/** Commands that bring images in and out. From systemd 256 they are importctl's; machinectl had them before. */
import * as check from './checks';
import { actions, type CommandSpec, plain } from './command-spec';

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

export const pullTar = pull('pullTar', 'tar');
export const pullRaw = pull('pullRaw', 'raw');
export const importTar = imported('importTar', 'tar');
export const importRaw = imported('importRaw', 'raw');
export const importFs = imported('importFs', 'fs');
export const exportTar = exported('exportTar', 'export-tar', ['raw', 'block']);
export const exportRaw = exported('exportRaw', 'export-raw', ['directory', 'subvolume', 'block', 'mstack']);

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

function pull(id: string, packing: 'tar' | 'raw'): CommandSpec<PullOptions> {
  return {
    ...transfer(id, actions.pull),
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

function imported(id: string, packing: check.Packing): CommandSpec<ImportOptions> {
  return {
    ...transfer(id, actions.import),
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

function exported(id: string, verb: string, notFor: readonly string[]): CommandSpec<ExportOptions> {
  return {
    ...transfer(id, actions.export),
    needs: 'image',
    names: 'image',
    notFor,
    argv: (names, { target }, systemd) => [
      ...program(systemd),
      verb,
      '--',
      check.transferred(check.single(verb, 'image', check.images(names)), systemd),
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
