/** Where machines are looked after: this computer, this user on it, or another computer. */
import * as os from 'node:os';
import * as path from 'node:path';
import type { CommandSpec } from './commands/command-spec';
import { type Elevation, elevated } from './commands/elevation';
import { type Bus, BusError } from './dbus/bus';
import { busAtSocket, sessionBusSocket, systemBusSocket } from './dbus/connect';
import { localMachineStore, MachineStore, type MachineStoreOptions } from './model/machine-store';
import { isOffered, machined, type Who, who } from './model/queries';
import { settingsFiles, settingsFolders } from './model/settings-files';
import { hasProgram, systemdVersion } from './programs';
import { destination, overSsh, type SshMode } from './ssh/ssh';
import { busOverSsh } from './ssh/ssh-stream';

type Log = (message: string) => void;

/** One scope of one host: how it is reached, by D-Bus and by its own programs. */
export interface HostSpec {
  /** Its id in rows and in what is remembered: `system`, `user`, or `ssh:` or `ssh-user:` and the destination. */
  readonly id: string;
  readonly kind: 'system' | 'user' | 'ssh';
  readonly scope: 'system' | 'user';
  /** Where ssh goes to, where that is how it is reached. */
  readonly host?: string;
  /** For people. */
  readonly label: string;
  /** Whether its files can be read from here. */
  readonly local: boolean;
  open(log: Log): MachineStore;
  /** A connection for the transfers, besides that of the host. @throws BusError */
  connect(): Promise<Bus>;
  /** The major version of systemd there; undefined where it is not known. */
  systemd(): Promise<number | undefined>;
  /** Where the settings of a machine may be, the first that exists being the one that counts. */
  settingsFiles(name: string, imagePath?: string): readonly string[];
  /** Who acts there, for a rule of polkit; undefined while that is not known. */
  userName(): string | undefined;
  /** Whether a command may ask for a password before it is done. */
  asks(command: Pick<CommandSpec, 'rights'>): boolean;
  /**
   * The argv to run here so that `argv` is run there with the rights it needs.
   * @param manner whether there is a terminal to ask in
   * @throws CommandError for what cannot be sent to another host
   */
  argv(command: Pick<CommandSpec, 'rights'>, argv: readonly string[], elevation: Elevation, manner?: SshMode): readonly string[];
  /** Looks, by a login of its own, whether who logs in has machines of their own there; never rejects. */
  ofUser?(): Promise<HostSpec | undefined>;
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** The system scope of this computer. */
export const systemHost: HostSpec = {
  id: 'system',
  kind: 'system',
  scope: 'system',
  label: 'This computer',
  local: true,
  open: (log) => localMachineStore(log),
  connect: () => busAtSocket(systemBusSocket()),
  systemd: systemdVersion,
  settingsFiles: (name, imagePath) => settingsFiles(name, imagePath),
  userName: () => os.userInfo().username,
  asks: ({ rights }) => rights !== 'anyone' && !isRoot(),
  argv: (command, argv, elevation) => elevated(command, argv, { elevation, isRoot: isRoot(), installed: hasProgram }),
};

/** The folders of a user with images and with settings (systemd v262 discover-image.c, nspawn.c; XDG base directories). */
function userFolders(
  { XDG_STATE_HOME, XDG_CONFIG_HOME, XDG_RUNTIME_DIR }: NodeJS.ProcessEnv = process.env,
): Readonly<Record<'images' | 'settings', string[]>> {
  const home = os.homedir(),
    runtime = XDG_RUNTIME_DIR ? [XDG_RUNTIME_DIR] : [];
  return {
    images: [
      ...runtime.map((folder) => path.join(folder, 'machines')),
      path.join(XDG_STATE_HOME || path.join(home, '.local/state'), 'machines'),
      path.join(home, '.local/lib/machines'),
    ],
    settings: [XDG_CONFIG_HOME || path.join(home, '.config'), ...runtime].map((folder) => path.join(folder, 'systemd/nspawn')),
  };
}

/**
 * The user scope of this computer, systemd 259 and newer. Its machined asks for no rights. Programs that look into
 * a machine go through the system's machined, which knows the machines of users too: with `--user`, they would look
 * for a user's systemd inside.
 */
export const userHost: HostSpec = {
  id: 'user',
  kind: 'user',
  scope: 'user',
  label: 'This user',
  local: true,
  open: (log) => {
    const socket = sessionBusSocket(),
      { images, settings } = userFolders();
    return new MachineStore({
      connect: () => busAtSocket(socket),
      socket,
      imageFolders: images,
      settingsFolders: settingsFolders(images, settings),
      log,
    });
  },
  connect: () => busAtSocket(sessionBusSocket()),
  systemd: systemdVersion,
  settingsFiles: (name, imagePath) => settingsFiles(name, imagePath, userFolders().settings),
  userName: () => os.userInfo().username,
  asks: ({ rights }) => rights === 'root' && !isRoot(),
  argv: (command, argv, elevation) => {
    return command.rights === 'root' ? systemHost.argv(command, argv, elevation) : forUser(argv);
  },
};

/** The programs of systemd that have a scope; others only look at files. */
const scoped: readonly string[] = ['machinectl', 'importctl', 'systemctl', 'journalctl'];

const forUser = ([program = '', ...args]: readonly string[]): readonly string[] =>
  scoped.includes(program) ? [program, '--user', ...args] : [program, ...args];

/** Whether this user has a machined; asking starts nothing. */
export async function hasUserHost(): Promise<boolean> {
  const socket = sessionBusSocket();
  return socket !== undefined && (await hasMachined(() => busAtSocket(socket)));
}

async function hasMachined(connect: () => Promise<Bus>): Promise<boolean> {
  const bus = await connect().catch(() => undefined);
  try {
    return bus !== undefined && (await isOffered(bus, machined));
  } catch {
    return false;
  } finally {
    bus?.close();
  }
}

/**
 * The system scope of another computer, and by `ofUser` that of who logs in there. Everything is run there, in a terminal
 * of its own: `-H` of machinectl, which would run here, cannot ask for a password ("Interactive authentication required"),
 * cannot import or export ("Operation not supported"), has no shell and no login (tried with 252), and needs systemd here.
 * @param host where ssh goes to @throws CommandError when that is not a valid destination
 */
export function sshHost(host: string): HostSpec {
  destination(host);
  let known: Who = {};
  const connect = async (): Promise<Bus> => {
    const opened = await busOverSsh(host);
    try {
      known = { ...known, ...(await who(opened)) };
    } catch (error) {
      opened.close();
      throw error;
    }
    return opened;
  };
  const common = { host, kind: 'ssh', local: false, systemd: () => Promise.resolve(known.systemd), userName: () => known.name } as const;
  const root = (): boolean => known.uid === 0;
  // What is installed there is not known; sudo is what most have.
  const argvOf: HostSpec['argv'] = (command, argv, elevation, manner = 'terminal') =>
    overSsh(host, elevated(command, argv, { elevation, isRoot: root(), installed: (program) => program === 'sudo' }), manner);
  return {
    ...common,
    ...farHost(host, connect),
    id: `ssh:${host}`,
    scope: 'system',
    label: host,
    settingsFiles: (name, imagePath) => settingsFiles(name, imagePath),
    asks: ({ rights }) => rights !== 'anyone' && !root(),
    argv: argvOf,
    ofUser: async () => {
      // NEWS of systemd 259: a machined for each user.
      const connectUser = () => busOverSsh(host, 'user');
      if ((known.systemd ?? 0) < 259 || !(await hasMachined(connectUser))) return undefined;
      return {
        ...common,
        ...farHost(host, connectUser),
        id: `ssh-user:${host}`,
        scope: 'user',
        label: `${host} (user)`,
        // Below the home that ssh logs in to, which is not known here.
        settingsFiles: (name, imagePath) => settingsFiles(name, imagePath, ['.config/systemd/nspawn']),
        asks: ({ rights }) => rights === 'root' && !root(),
        argv: (command, argv, elevation, manner = 'terminal') =>
          command.rights === 'root' ? argvOf(command, argv, elevation, manner) : overSsh(host, forUser(argv), manner),
      };
    },
  };
}

/** The connection of a host, shared by all callers, because each connection is a login there. Closing a shared one closes nothing. */
function farHost(host: string, connect: () => Promise<Bus>): Pick<HostSpec, 'open' | 'connect'> {
  let bus: Bus | undefined;
  const options: MachineStoreOptions = { connect: async () => (bus = await connect()), distant: true };
  return {
    open: (log) => new MachineStore({ ...options, log }),
    connect: () => {
      const lent = bus;
      if (!lent) return Promise.reject(new BusError('closed', `There is no connection to ${host}.`));
      return Promise.resolve({
        call: (...args) => lent.call(...args),
        onSignal: (...args) => lent.onSignal(...args),
        closed: lent.closed,
        close: () => undefined,
      });
    },
  };
}
