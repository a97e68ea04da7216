import type { Machine } from '../model/types';
import type { PolkitAnswer } from './polkit';

/**
 * What is known when a command has ended badly. Its words stay in the terminal, in the language of the user; this is
 * about what they mean, found out by asking and not by reading them.
 */
export interface Failure {
  readonly command: string;
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
  const { command, machines, unknown, taken, missing, allowed } = failure;
  if (allowed === 'no') return 'polkit does not allow you this. A rule of the administrator can: "Show polkit Rule" has it.';
  if (taken !== undefined) return `An image called ${taken} exists already. Choose another name, or remove that image first.`;
  if (missing !== undefined) return `${missing} does not exist.`;
  const why = particular(failure);
  if (why !== undefined) return why;
  if (unknown.length > 0) return `${unknown.join(', ')} is not there any more.`;
  if (command === 'start' && machines.length > 0 && machines.every(isUp)) return `${names(machines)} runs by now.`;
  return allowed === 'asks' ? unanswered : undefined;
}

/** polkit: "Interactive authentication required." without an agent, "Access denied" or "Not authorized" after a wrong password. */
const unanswered =
  'polkit wants a password for this: nobody could be asked for it ("Interactive authentication required"), or it was wrong. ' +
  'Try again and answer in the terminal, or let "Show polkit Rule" allow it for ever.';

const isUp = ({ state }: Machine): boolean => state === 'running' || state === 'starting' || state === 'stopping';
const names = (machines: readonly Machine[]): string => machines.map(({ name }) => name).join(', ');

/** What can be said of one command. */
function particular({ command, machines, existing, allowed, ownUsers, btrfs }: Failure): string | undefined {
  switch (command) {
    case 'start': {
      const failed = machines.filter(({ state }) => state === 'failed');
      const tired = failed.filter(({ failure }) => failure === 'start-limit-hit');
      if (tired.length > 0) {
        return (
          `${names(tired)} was started too often in a short time ("Start request repeated too quickly"), so that systemd refuses for now. ` +
          'Mend what made it fail first; "Reset Failed State" on its row then allows another start at once.'
        );
      }
      const stacks = failed.filter(({ image }) => image?.type === 'mstack');
      if (failed.length > 0) {
        return (
          `The unit of ${names(failed)} failed: "Why Did It Fail?" on its row shows its last messages.` +
          (stacks.length === 0 ? '' : ` An mstack (${names(stacks)}) needs PrivateUsers=managed or PrivateUsers=no in its settings file.`)
        );
      }
      return undefined;
    }
    case 'remove':
    case 'rename': {
      const up = machines.filter(isUp);
      if (up.length > 0) return `${names(up)} runs, and its image is busy as long as it does. Power it off first.`;
      return allowed === 'yes' ? 'The image is busy ("Device or resource busy"): something else uses it, or it is mounted.' : undefined;
    }
    case 'pause':
    case 'resume':
      return (
        'Only virtual machines with a control socket can be paused ("does not expose a varlink control socket"): those that systemd-vmspawn runs, ' +
        'from systemd 261 on. Others are paused by the program that runs them.'
      );
    case 'shell':
    case 'login':
      return allowed === 'asks'
        ? undefined
        : 'This needs D-Bus and systemd inside ("There is no system bus"): install dbus in the machine, or run something else there with ' +
            '`systemd-run --machine=`. Right after a start it may simply have been too early.';
    case 'bind':
      return ownUsers === false
        ? undefined
        : 'A machine with user namespaces cannot be given mounts while it runs. Write Bind= into its settings file, or PrivateUsers=no ' +
            'there if that is safe for it.';
    case 'setLimit':
    case 'setPoolLimit':
      if (btrfs === false) return 'Limits are btrfs quotas, and /var/lib/machines is not on btrfs ("Operation not supported").';
      if (machines.some(({ image }) => image !== undefined && image.type !== 'subvolume')) {
        return `Only a btrfs subvolume can be limited, and ${names(machines)} is none. A clone of a subvolume is one, and what machinectl imports there.`;
      }
      return command === 'setLimit' && allowed === 'yes'
        ? 'Quotas are not on yet ("Transport endpoint is not connected"): limit all images together first, in the menu of the view Images.'
        : undefined;
    case 'copyTo':
      return allowed === 'yes'
        ? 'What exists at the target inside already is not overwritten ("File exists"), unless you choose "Overwrite".'
        : undefined;
    case 'copyFrom':
      return existing === undefined
        ? undefined
        : `${existing} exists already ("File exists"). Choose another path, or let it be overwritten.`;
    case 'pullTar':
    case 'pullRaw':
      return allowed === 'asks'
        ? undefined
        : 'If the signature could not be checked, the server lacks SHA256SUMS.gpg or its key is not in /etc/systemd/import-pubring.gpg: ' +
            'choose the verification "checksum" or import the key there.';
    case 'importTar':
    case 'importRaw':
    case 'importFs':
      return allowed === 'asks'
        ? undefined
        : 'systemd reads tar, .tar.xz, .tar.gz, .tar.bz2 (zstd from systemd 262), and raw images packed in the same ways.';
    case 'failedUnits':
    case 'journal':
      return 'Looking into a machine this way needs root, and systemd inside. "nspawn.elevation" chooses sudo, run0 or polkit.';
    default:
      return undefined;
  }
}
