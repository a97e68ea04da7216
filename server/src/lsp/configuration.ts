import { isLevel, type Level, type Levels } from '../features';
import type { Chosen, Installed, TargetInForce } from '../protocol';
import { newest, type Target } from '../schema';

export type { Installed, TargetInForce } from '../protocol';

/** What the client says under `nspawn.`, unchecked. */
interface Raw {
  readonly systemdVersion?: unknown;
  readonly mkosiVersion?: unknown;
  readonly rules?: unknown;
}

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

  /** What files are checked by: the user's choice, else what is installed, else the newest release known. */
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

/** A release as a number or in text; `auto` and anything else is not a choice. */
export function versionOf(value: unknown): number | undefined {
  const n = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  return Number.isFinite(n) && n > 0 ? n : undefined;
}
