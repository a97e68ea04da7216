/** What can be found out after a command has failed, where its own words stay in its terminal. */
import { statfs } from 'node:fs/promises';
import { mostBytes, readSmallFileLater } from '../../../server/src/node/shared/small-file';
import { type PolkitAnswer, polkitSays } from './commands/polkit';
import { busAtSocket, systemBusSocket } from './dbus/connect';
import { exists } from './model/settings-files';
import type { Output } from './programs';

/** Looks at the host that the machines are on. Each answer is undefined when that cannot be seen; nothing rejects. */
export interface HostProbe {
  /** Whether the processes of a machine have users of their own. @param leader its process 1 */
  hasOwnUsers(leader: number): Promise<boolean | undefined>;
  isOnBtrfs(path: string): Promise<boolean | undefined>;
  /** @param path absolute */
  exists(path: string): Promise<boolean | undefined>;
  /** What polkit says about us; see {@link polkitSays}. */
  mayDo(actions: readonly string[]): Promise<PolkitAnswer | undefined>;
}

/** Of a uid_map as proc(5) has it: whether it is another one than the host's. */
const ownUsers = (map: string): boolean => map.trim().split(/\s+/).join(' ') !== '0 0 4294967295';

/** statfs(2): BTRFS_SUPER_MAGIC. */
const btrfs = 0x9123683e;

/** This computer. */
export const localProbe: HostProbe = {
  hasOwnUsers: (leader) =>
    readSmallFileLater(`/proc/${leader}/uid_map`, mostBytes.host).then(
      (map) => ownUsers(map.toString()),
      () => undefined,
    ),
  isOnBtrfs: (path) =>
    statfs(path).then(
      ({ type }) => type === btrfs,
      () => undefined,
    ),
  exists,
  mayDo,
};

/**
 * Another computer, looked at with its own programs; its polkit is not asked, which would be about another login than
 * the one that failed.
 * @param capture runs a program there
 */
export function remoteProbe(capture: (argv: readonly string[]) => Promise<Output>): HostProbe {
  const output = (...argv: string[]): Promise<string | undefined> =>
    capture(argv).then(
      ({ status, stdout }) => (status === 0 ? stdout.trim() : undefined),
      () => undefined,
    );
  return {
    hasOwnUsers: async (leader) => {
      const map = await output('cat', `/proc/${leader}/uid_map`);
      return map === undefined ? undefined : ownUsers(map);
    },
    isOnBtrfs: async (path) => {
      const type = await output('stat', '--file-system', '--format=%T', '--', path);
      return type === undefined ? undefined : type === 'btrfs';
    },
    // 1 is test's no; what ssh itself cannot do is another status.
    exists: (path) =>
      capture(['test', '-e', path]).then(
        ({ status }) => (status === 0 ? true : status === 1 ? false : undefined),
        () => undefined,
      ),
    mayDo: () => Promise.resolve(undefined),
  };
}

/** What polkit of this host says about us; see {@link polkitSays}. Never rejects. */
async function mayDo(actions: readonly string[]): Promise<PolkitAnswer | undefined> {
  if (actions.length === 0) return undefined;
  try {
    const bus = await busAtSocket(systemBusSocket());
    try {
      return await polkitSays(bus, actions);
    } finally {
      bus.close();
    }
  } catch {
    return undefined;
  }
}
