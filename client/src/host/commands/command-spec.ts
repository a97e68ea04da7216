import type { Machine } from '../model/types';
import { isMachineName } from '../names';
import type { Failure } from './explain';
import type { Presentation } from './presentation';

/**
 * In what state a machine has to be. `vm` is a running virtual machine, `idle` an image whose machine does not run,
 * `failed` a machine whose unit failed, `known` any machine, `any` any machine or image, `nothing` a command that is not about a machine.
 */
export type Need = 'running' | 'vm' | 'startable' | 'image' | 'idle' | 'failed' | 'known' | 'any' | 'nothing';

/** The rule that the names have to follow, and with it what they are names of. */
export type NameKind = 'machine' | 'image' | 'none';

/**
 * Who may: `anyone`, whom polkit says (the program asks it itself), or `root`, for programs that do not ask polkit.
 * `owner` is who runs the machine: root in the system scope, and the user in their own.
 */
export type Rights = 'anyone' | 'polkit' | 'owner' | 'root';

/** A path is of the host, or of the machine. */
export type Side = 'host' | 'machine';

export interface CommandSpec<Options = undefined> {
  readonly id: string;
  readonly needs: Need;
  readonly names: NameKind;
  /** Types of image that no systemd does it to (252, 257 and 262 were asked, see host.e2e.ts). */
  readonly notFor?: readonly string[];
  /** Takes any number of names in one call, so that polkit asks once. */
  readonly many: boolean;
  /** What it takes away does not come back: ask before. */
  readonly destroys: boolean;
  /** Is a conversation in a terminal that stays until the user leaves it. */
  readonly interactive: boolean;
  /** Prints what people want to read: its terminal stays when it has ended. */
  readonly prints?: boolean;
  readonly rights: Rights;
  /** Where force needs other rights. @param systemd the major version; the newest known unless told */
  readonly rightsWith?: (options: { readonly force?: boolean }, systemd?: number) => Rights;
  /** Is said to a virtual machine by its control socket, where it has one. */
  readonly control?: boolean;
  /** The polkit actions that are asked for, where rights are `polkit`. */
  readonly actions: readonly string[];
  /** First systemd version that has it, where that is newer than 252. */
  readonly since?: number;
  /** What systemd-importd calls the transfer that it starts: `import-tar` (systemd v252 import-util.c, importd.c). */
  readonly transfer?: string;
  /** Where the path `source` of its options is. */
  readonly reads?: Side;
  /** Where the path `target` of its options is. */
  readonly writes?: Side;
  /** Works only where /var/lib/machines is on btrfs. */
  readonly usesBtrfs?: boolean;
  /** Works only for a machine without a user namespace. */
  readonly needsHostUsers?: boolean;
  /** Why it may have failed and what to do next, as far as that is special to it; undefined when nothing is known. */
  readonly explain?: (failure: Failure) => string | undefined;
  /** The VS Code commands that run it. None: only our own code does. */
  readonly presentations?: readonly Presentation[];
  /**
   * @param systemd the major version, where the call differs; the newest known unless told
   * @throws CommandError when a name or an option cannot be accepted; its message is for the user.
   */
  readonly argv: (names: readonly string[], options: Options, systemd?: number) => readonly string[];
}

/** What most commands are: done when they are done. */
export const plain = { many: false, destroys: false, interactive: false } as const;

/** The polkit actions of systemd, by what they allow (the .policy files of systemd 252 to 262). */
export const actions = {
  units: 'org.freedesktop.systemd1.manage-units',
  unitFiles: 'org.freedesktop.systemd1.manage-unit-files',
  reload: 'org.freedesktop.systemd1.reload-daemon',
  machines: 'org.freedesktop.machine1.manage-machines',
  images: 'org.freedesktop.machine1.manage-images',
  login: 'org.freedesktop.machine1.login',
  shell: 'org.freedesktop.machine1.shell',
  import: 'org.freedesktop.import1.import',
  export: 'org.freedesktop.import1.export',
  pull: 'org.freedesktop.import1.pull',
  cancel: 'org.freedesktop.import1.cancel',
} as const;

/**
 * The rights that a command takes for these machines, where it would take `rights` for others. From 261 on, machinectl
 * talks to a virtual machine of systemd-vmspawn by its control socket, which only its owner may open and which asks no
 * polkit (systemd v262 vmspawn-varlink.c: mode 0644; "Failed to connect to machine control socket: Permission denied").
 * Whether a machine has such a socket is not on D-Bus.
 * @param systemd the major version; the newest known unless told
 */
export function rightsFor(
  { control = false }: Pick<CommandSpec, 'control'>,
  rights: Rights,
  machines: readonly Pick<Machine, 'class' | 'service'>[],
  systemd = 262,
): Rights {
  const owned =
    control &&
    rights === 'polkit' &&
    systemd >= 261 &&
    machines.some((machine) => machine.class === 'vm' && machine.service === 'systemd-vmspawn');
  return owned ? 'owner' : rights;
}

/** Whether a command makes sense for a machine as it is now. */
export function applies({ needs, notFor }: Pick<CommandSpec, 'needs' | 'notFor'>, machine: Machine): boolean {
  if (machine.image !== undefined && notFor?.includes(machine.image.type) === true) return false;
  const up = machine.state === 'running' || machine.state === 'starting' || machine.state === 'stopping';
  switch (needs) {
    case 'running':
      return up;
    case 'vm':
      return up && machine.class === 'vm';
    case 'startable':
      return !up && machine.image !== undefined && isMachineName(machine.name);
    case 'image':
      return machine.image !== undefined;
    case 'idle':
      return machine.image !== undefined && !up;
    case 'failed':
      return machine.state === 'failed';
    case 'known':
      return isMachineName(machine.name);
    case 'any':
      return true;
    case 'nothing':
      return false;
  }
}
