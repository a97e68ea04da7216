import { isDeepStrictEqual } from 'node:util';
import { installedSystemd } from '../node/host';
import type { Target } from '../schema';
import { type Installed, ServerConfiguration, type TargetInForce, versionOf } from './configuration';

/** The releases that files are checked by, with what mkosi projects may choose themselves. */
export interface Selection {
  readonly target: Target;
  /** No one has chosen a release of mkosi: projects say themselves which one they need. */
  readonly byMinimum: boolean;
  /** mkosi may run from a clone of its repository. */
  readonly clone: boolean;
}

/** Which releases are in force, and who chose them: the settings, the host, or no one. */
export class TargetSelection {
  /** The settings in force. */
  settings = new ServerConfiguration();
  private installed: Installed = { systemd: installedSystemd() };

  /** @param selected releases may have changed, or settings: everything has to be checked again */
  constructor(private readonly selected: (selection: Selection) => void) {}

  get inForce(): TargetInForce {
    return this.settings.inForce(this.installed);
  }

  /** @param settings what the client says under `nspawn.`, unchecked */
  configure(settings: unknown): void {
    this.settings = new ServerConfiguration(settings);
    this.select();
  }

  /**
   * Takes what the client knows of the host when it starts the server, in addition to what the server finds.
   * @param host releases, unchecked; undefined when the client says nothing
   */
  initialize(settings: unknown, host: unknown): void {
    this.installed = { ...this.installed, ...installedOf(host) };
    this.configure(settings);
  }

  /**
   * Takes everything that is installed now: what the client does not name is no longer installed.
   * @returns whether that makes a difference
   */
  hostChanged(host: unknown): boolean {
    const installed: Installed = { systemd: installedSystemd(), ...installedOf(host) };
    if (isDeepStrictEqual(installed, this.installed)) return false;
    this.installed = installed;
    this.select();
    return true;
  }

  /** What projects are read by. */
  get selection(): Selection {
    const { systemd, mkosi } = this.inForce,
      byMinimum = mkosi.from === 'newest';
    return {
      target: { systemd: systemd.version, mkosi: mkosi.version },
      byMinimum,
      clone: byMinimum || this.installed.mkosiClone === true,
    };
  }

  private select(): void {
    this.selected(this.selection);
  }
}

/** Releases as a client names them, without those that it does not name. */
function installedOf(host: unknown): Installed {
  const { systemd, mkosi, mkosiClone } = (typeof host === 'object' && host !== null ? host : {}) as {
    systemd?: unknown;
    mkosi?: unknown;
    mkosiClone?: unknown;
  };
  const named = {
    systemd: versionOf(systemd),
    mkosi: versionOf(mkosi),
    mkosiClone: mkosiClone === undefined ? undefined : mkosiClone === true,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}
