/** Where machines are looked after: this computer, this user on it, or another computer. */
import * as os from 'node:os';
import * as path from 'node:path';
import { type Bus, BusError } from './bus';
import type { Command } from './command';
import { busAtSocket, sessionBusSocket, systemBusSocket } from './connect';
import { type Elevation, elevated } from './elevation';
import { Host, type HostOptions, localHost } from './host';
import { hasProgram, systemdVersion } from './programs';
import { isOffered, machined, who, type Who } from './queries';
import { settingsFiles, settingsFolders } from './settings-files';
import { destination, type Manner, overSsh } from './ssh';
import { busOverSsh } from './ssh-stream';

type Log = (message: string) => void;

/** One scope of one host: how it is reached, by D-Bus and by its own programs. */
export interface Place {
  /** Its id in rows and in what is remembered: `system`, `user`, or `ssh:` and the destination. */
  readonly id: string;
  readonly kind: 'system' | 'user' | 'ssh';
  /** For people. */
  readonly label: string;
  /** Whether its files can be read from here. */
  readonly local: boolean;
  open(log: Log): Host;
  /** A connection for the transfers, besides that of the host. @throws BusError */
  connect(): Promise<Bus>;
  /** The major version of systemd there; undefined where it is not known. */
  systemd(): Promise<number | undefined>;
  /** Where the settings of a machine may be, the first that exists being the one that counts. */
  settingsFiles(name: string, imagePath?: string): readonly string[];
  /** Who acts there, for a rule of polkit; undefined while that is not known. */
  userName(): string | undefined;
  /** Whether a command may ask for a password before it is done. */
  asks(command: Pick<Command, 'rights'>): boolean;
  /**
   * The argv to run here so that `argv` is run there with the rights it needs.
   * @param manner whether there is a terminal to ask in
   * @throws CommandError for what cannot be sent to another host
   */
  argv(command: Pick<Command, 'rights'>, argv: readonly string[], elevation: Elevation, manner?: Manner): readonly string[];
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** The system scope of this computer. */
export const systemPlace: Place = {
  id: 'system', kind: 'system', label: 'This computer', local: true,
  open: (log) => localHost(log),
  connect: () => busAtSocket(systemBusSocket()),
  systemd: systemdVersion,
  settingsFiles: (name, imagePath) => settingsFiles(name, imagePath),
  userName: () => os.userInfo().username,
  asks: ({ rights }) => rights !== 'anyone' && !isRoot(),
  argv: (command, argv, elevation) => elevated(command, argv, { elevation, isRoot: isRoot(), installed: hasProgram }),
};

/** The folders of a user with images and with settings (systemd v262 discover-image.c, nspawn.c; XDG base directories). */
function userFolders({ XDG_STATE_HOME, XDG_CONFIG_HOME, XDG_RUNTIME_DIR }: NodeJS.ProcessEnv = process.env): Readonly<Record<'images' | 'settings', string[]>> {
  const home = os.homedir(), runtime = XDG_RUNTIME_DIR ? [XDG_RUNTIME_DIR] : [];
  return {
    images: [...runtime.map((folder) => path.join(folder, 'machines')),
      path.join(XDG_STATE_HOME || path.join(home, '.local/state'), 'machines'), path.join(home, '.local/lib/machines')],
    settings: [XDG_CONFIG_HOME || path.join(home, '.config'), ...runtime].map((folder) => path.join(folder, 'systemd/nspawn')),
  };
}

/**
 * The user scope of this computer, systemd 259 and newer. Its machined asks nobody for rights. Programs that look into
 * a machine go through the system's machined, which knows the machines of users too: with `--user`, they would look
 * for a user's systemd inside.
 */
export const userPlace: Place = {
  id: 'user', kind: 'user', label: 'This user', local: true,
  open: (log) => {
    const socket = sessionBusSocket(), { images, settings } = userFolders();
    return new Host({
      connect: () => busAtSocket(socket), socket, imageFolders: images, settingsFolders: settingsFolders(images, settings), log,
    });
  },
  connect: () => busAtSocket(sessionBusSocket()),
  systemd: systemdVersion,
  settingsFiles: (name, imagePath) => settingsFiles(name, imagePath, userFolders().settings),
  userName: () => os.userInfo().username,
  asks: ({ rights }) => rights === 'root' && !isRoot(),
  argv: (command, argv, elevation) => {
    if (command.rights === 'root') return systemPlace.argv(command, argv, elevation);
    const [program = '', ...args] = argv;
    return [program, '--user', ...args];
  },
};

/** Whether this user has a machined; asking starts nothing. */
export async function hasUserPlace(): Promise<boolean> {
  const socket = sessionBusSocket();
  if (socket === undefined) return false;
  const bus = await busAtSocket(socket).catch(() => undefined);
  try {
    return bus !== undefined && await isOffered(bus, machined);
  } catch {
    return false;
  } finally {
    bus?.close();
  }
}

/**
 * The system scope of another computer. Everything is run there, in a terminal of its own: `-H` of machinectl, which
 * would run here, cannot ask for a password ("Interactive authentication required"), cannot import or export
 * ("Operation not supported"), has no shell and no login (tried with 252), and needs systemd here.
 * @param host where ssh goes to @throws CommandError when that is no destination
 */
export function sshPlace(host: string): Place {
  destination(host);
  let bus: Bus | undefined;
  let known: Who = {};
  const open = async (): Promise<Bus> => {
    const opened = await busOverSsh(host);
    try {
      known = { ...known, ...await who(opened) };
    } catch (error) {
      opened.close();
      throw error;
    }
    bus = opened;
    return opened;
  };
  const options: HostOptions = { connect: open, distant: true };
  const root = () => known.uid === 0;
  return {
    id: `ssh:${host}`, kind: 'ssh', label: host, local: false,
    open: (log) => new Host({ ...options, log }),
    // The connection of the host, lent, because each connection is a login there. Closing what is lent closes nothing.
    connect: () => {
      const lent = bus;
      if (!lent) return Promise.reject(new BusError('closed', `There is no connection to ${host}.`));
      return Promise.resolve({
        call: (...args) => lent.call(...args), onSignal: (...args) => lent.onSignal(...args), closed: lent.closed, close: () => undefined,
      });
    },
    systemd: () => Promise.resolve(known.systemd),
    settingsFiles: (name, imagePath) => settingsFiles(name, imagePath),
    userName: () => known.name,
    asks: ({ rights }) => rights !== 'anyone' && !root(),
    // What is installed there is not known; sudo is what most have.
    argv: (command, argv, elevation, manner = 'terminal') => overSsh(
      host, elevated(command, argv, { elevation, isRoot: root(), installed: (program) => program === 'sudo' }), manner),
  };
}
