import type { Machine } from '../model/types';
import type { PolkitAnswer } from './polkit';

/**
 * What is known when a command has ended badly. Its words stay in the terminal, in the language of the user; this is
 * about what they mean, found out by asking and not by reading them.
 */
export interface Failure {
  readonly command: { readonly explain?: (failure: Failure) => string | undefined };
  /** The machines it was for, as they are now. */
  readonly machines: readonly Machine[];
  /** Names it was for that no machine or image has any more, or not yet. */
  readonly unknown: readonly string[];
  /** A new name that was given and that an image had already. */
  readonly taken?: string | undefined;
  /** A path on this host that it was to write or to read, when that exists. */
  readonly existing?: string | undefined;
  /** A path on this host that it was to read, when there is nothing. */
  readonly missing?: string | undefined;
  /** What polkit says about the command's actions. */
  readonly allowed?: PolkitAnswer | undefined;
  /** Whether the machine has users of its own. */
  readonly ownUsers?: boolean | undefined;
  /** Whether /var/lib/machines lies on btrfs. */
  readonly btrfs?: boolean | undefined;
}

/** Why it may have failed and what to do next, in one or two sentences; undefined when nothing is known. */
export function explain(failure: Failure): string | undefined {
  const { command, unknown, taken, missing, allowed } = failure;
  if (allowed === 'no') return 'polkit does not allow you this. An administrator can allow it with a rule: see "Show polkit Rule".';
  if (taken !== undefined) return `An image called ${taken} exists already. Choose another name, or remove that image first.`;
  if (missing !== undefined) return `${missing} does not exist.`;
  const why = command.explain?.(failure);
  if (why !== undefined) return why;
  if (unknown.length > 0) return `${unknown.join(', ')} no longer exists.`;
  return allowed === 'asks' ? unanswered : undefined;
}

/** polkit: "Interactive authentication required." without an agent, "Access denied" or "Not authorized" after a wrong password. */
const unanswered =
  'polkit requires a password for this. Either it could not be asked for ("Interactive authentication required"), or it was wrong. ' +
  'Try again and answer in the terminal, or allow it permanently with "Show polkit Rule".';

const isUp = ({ state }: Machine): boolean => state === 'running' || state === 'starting' || state === 'stopping';
const names = (machines: readonly Machine[]): string => machines.map(({ name }) => name).join(', ');

/** Of a start. */
export function startFailed({ machines, unknown }: Failure): string | undefined {
  const failed = machines.filter(({ state }) => state === 'failed');
  const tired = failed.filter(({ failure }) => failure === 'start-limit-hit');
  if (tired.length > 0) {
    return (
      `${names(tired)} was started too often in a short time ("Start request repeated too quickly"), so systemd refuses to start it for now. ` +
      'Fix the cause first. "Reset Failed State" on its row then allows another start at once.'
    );
  }
  const stacks = failed.filter(({ image }) => image?.type === 'mstack');
  if (failed.length > 0) {
    return (
      `The unit of ${names(failed)} failed: "Why Did It Fail?" on its row shows its last messages.` +
      (stacks.length === 0 ? '' : ` An mstack (${names(stacks)}) needs PrivateUsers=managed or PrivateUsers=no in its settings file.`)
    );
  }
  return unknown.length === 0 && machines.length > 0 && machines.every(isUp) ? `${names(machines)} is running already.` : undefined;
}

/** Of what needs an image that nothing uses. */
export function imageBusy({ machines, allowed }: Failure): string | undefined {
  const up = machines.filter(isUp);
  if (up.length > 0) return `The image is busy because ${names(up)} is running. Power it off first.`;
  return allowed === 'yes' ? 'The image is busy ("Device or resource busy"): something else uses it or has it mounted.' : undefined;
}

/** Of what goes to a virtual machine by its control socket. */
export const noControlSocket = (): string =>
  'Only virtual machines with a control socket can be paused ("does not expose a varlink control socket"): those started by systemd-vmspawn ' +
  'of systemd 261 and newer. Pause others with the program that runs them.';

/** Of what systemd and D-Bus inside have to answer. */
export const noBusInside = ({ allowed }: Failure): string | undefined =>
  allowed === 'asks'
    ? undefined
    : 'This needs D-Bus and systemd inside ("There is no system bus"): install dbus in the machine, or run a program there with ' +
      '`systemd-run --machine=`. Right after a start, wait a moment and try again.';

/** Of a bind mount into a running machine. */
export const noBindMount = ({ ownUsers }: Failure): string | undefined =>
  ownUsers === false
    ? undefined
    : 'Mounts cannot be added to a running machine that uses user namespaces. Write Bind= into its settings file, or PrivateUsers=no ' +
      'there if the machine is trusted.';

/** Of any limit. */
export function noLimit({ machines, btrfs }: Failure): string | undefined {
  if (btrfs === false) return 'Limits are btrfs quotas, and /var/lib/machines is not on btrfs ("Operation not supported").';
  if (machines.some(({ image }) => image !== undefined && image.type !== 'subvolume')) {
    return `Only a btrfs subvolume can be limited, and ${names(machines)} is not one. Images that machinectl imports or clones on btrfs are subvolumes.`;
  }
  return undefined;
}

/** Of the limit of one image. */
export const noImageLimit = (failure: Failure): string | undefined =>
  noLimit(failure) ??
  (failure.allowed === 'yes'
    ? 'Quotas are not enabled yet ("Transport endpoint is not connected"). Set a limit for all images first ("Set Total Image Size Limit"), in the menu of the view Images.'
    : undefined);

export const targetInsideExists = ({ allowed }: Failure): string | undefined =>
  allowed === 'yes' ? 'If the target exists already ("File exists"), it is only replaced when you choose "Overwrite".' : undefined;

export const targetExists = ({ existing }: Failure): string | undefined =>
  existing === undefined ? undefined : `${existing} exists already ("File exists"). Choose another path, or "Overwrite".`;

/** Of a download; also where importd itself says that a signature is wrong. */
export const notVerified = ({ allowed }: Pick<Failure, 'allowed'>): string | undefined =>
  allowed === 'asks'
    ? undefined
    : 'If the signature could not be verified, the server has no SHA256SUMS.gpg, or its key is not in /etc/systemd/import-pubring.gpg: ' +
      'import the key there, or choose "Verify the checksum".';

export const notImportable = ({ allowed }: Failure): string | undefined =>
  allowed === 'asks'
    ? undefined
    : 'systemd reads .tar, .tar.xz, .tar.gz, .tar.bz2 (and .tar.zst from systemd 262 on), and raw images compressed the same way.';

/** Of what looks into a machine without polkit. */
export const needsRoot = (): string =>
  'This needs root on the host, and systemd inside the machine. The setting "nspawn.elevation" chooses sudo, run0 or polkit.';
