/** Plain data about one systemd host. Nothing here knows D-Bus or VS Code. */

/**
 * What a machine is doing. `failed` is the unit's word: its last run ended badly and it was not started again.
 * `stopped` machines exist as an image only.
 */
export type MachineState = 'running' | 'starting' | 'stopping' | 'failed' | 'stopped';

/** What os-release says; a field the distribution left out is absent. */
export interface OsRelease {
  readonly id?: string;
  readonly versionId?: string;
  readonly prettyName?: string;
}

export interface Address {
  readonly family: 'ipv4' | 'ipv6';
  /** In text form, without prefix length or zone. */
  readonly address: string;
}

/** A machine image as systemd-machined sees it. Times are milliseconds since 1970, sizes bytes; absent = unknown. */
export interface Image {
  readonly name: string;
  /** `directory`, `subvolume`, `raw`, `block`, `mstack` (260 and newer), or what a later systemd invents. */
  readonly type: string;
  readonly readOnly: boolean;
  /** Left by `machinectl pull-*` for later pulls, or by hand: the name begins with a dot. */
  readonly hidden: boolean;
  readonly created?: number;
  readonly modified?: number;
  readonly usage?: number;
  /** Known after {@link Host.resolveImage}: a list of images does not carry them. */
  readonly path?: string;
  readonly limit?: number;
}

/** The `.nspawn` file of a machine: the first that nspawn finds, the only one that it reads (systemd.nspawn(5)). */
export interface SettingsFile {
  readonly path: string;
  /** Lies in a folder of the administrator; nspawn ignores the privileged settings of one that lies beside the image. */
  readonly trusted: boolean;
}

/** Merged by name from the registered machine, the image, the unit `systemd-nspawn@NAME.service` and its settings file. */
export interface Machine {
  readonly name: string;
  readonly state: MachineState;
  /** `container` or `vm` as registered; an image that does not run counts as `container`. */
  readonly class: string;
  /** Why the unit failed: systemd's `Result`, such as `exit-code`, `timeout` or `start-limit-hit`. */
  readonly failure?: string;
  readonly os?: OsRelease;
  readonly addresses: readonly Address[];
  /** The process that runs as PID 1 inside, seen from the host. */
  readonly leader?: number;
  /** Who registered it: `systemd-nspawn`, `libvirt-lxc` ... */
  readonly service?: string;
  /** The unit it runs in: `systemd-nspawn@NAME.service`, or a scope when it was started in another way. */
  readonly unit?: string;
  readonly rootDirectory?: string;
  /** When it was started, in milliseconds since 1970. */
  readonly since?: number;
  readonly image?: Image;
  /** Whether its unit starts with the system, as `machinectl enable` has it; absent while that is not known. */
  readonly autostart?: boolean;
  /** As far as this user may look. */
  readonly settings?: SettingsFile;
}

/** `masked`: systemd-machined is installed, but disabled with `systemctl mask`. */
export type UnavailableReason = 'not-linux' | 'no-bus' | 'no-machined' | 'masked' | 'denied' | 'lost';

/**
 * `lost` means that there was a connection: the last rows stay, and the connection comes back by itself.
 * `detail` is a sentence for people, with the words of the system in it.
 */
export type HostState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'unavailable'; readonly reason: UnavailableReason; readonly detail: string };

/** Which rows differ, by name. */
export interface Delta {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

export interface Change {
  readonly machines: Delta;
  readonly images: Delta;
}

/** The last known rows. The maps are replaced, never changed, so that one may be kept and compared. */
export interface Snapshot {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly images: ReadonlyMap<string, Image>;
}
