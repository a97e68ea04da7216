import { isLevel, type Level, type Levels } from '../features';
import { newest, type Target } from '../schema';

/** What the client says under `nspawn.`, unchecked. */
interface Raw {
  readonly systemdVersion?: unknown;
  readonly mkosiVersion?: unknown;
  readonly rules?: unknown;
}

/** Releases that are installed where the files will be used; the client may know them better than the server. */
export type Installed = { readonly [Tool in keyof Target]?: number | undefined } & {
  /** mkosi runs from a clone of its repository. */
  readonly mkosiClone?: boolean;
};

/**
 * A release in force, and who chose it: the user, the host, or nobody. For a single file also its project, by
 * `MinimumVersion=`, or the file itself, which newer releases do not read.
 */
export interface Chosen {
  readonly version: number;
  readonly from: 'setting' | 'host' | 'newest' | 'project' | 'file';
}

/** The answer to the request `nspawn/target`: for the file that it names, else for all that nothing else is said of. */
export type TargetInForce = { readonly [Tool in keyof Target]: Chosen };

/** The settings that the server takes from its client, section `nspawn`. */
export class ServerConfiguration {
  readonly rules: Levels;
  private readonly chosen: Installed;

  constructor(settings: unknown = {}) {
    const raw: Raw = typeof settings === 'object' && settings !== null ? settings : {};
    this.chosen = { systemd: versionOf(raw.systemdVersion), mkosi: versionOf(raw.mkosiVersion) };
    const rules = typeof raw.rules === 'object' && raw.rules !== null ? Object.entries(raw.rules) : [];
    this.rules = Object.fromEntries(rules.filter((rule): rule is [string, Level] => isLevel(rule[1])));
  }

  /** What files are judged by: the user's choice, else what is installed, else the newest release known. */
  inForce(installed: Installed): TargetInForce {
    const choose = (tool: keyof Target): Chosen => {
      const chosen = this.chosen[tool],
        found = installed[tool];
      if (chosen !== undefined) return { version: chosen, from: 'setting' };
      return found !== undefined ? { version: found, from: 'host' } : { version: newest[tool], from: 'newest' };
    };
    return { systemd: choose('systemd'), mkosi: choose('mkosi') };
  }
}

/** A release as a number or in text; `auto` and anything else is no choice. */
export function versionOf(value: unknown): number | undefined {
  const n = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return Number.isFinite(n) && n > 0 ? n : undefined;
}
