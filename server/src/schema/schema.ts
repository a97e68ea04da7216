import type { Dialect } from '../syntax';
import { Documentation } from './documentation';
import { type Option, optionOf } from './options';
import type { SchemaData, Setting, Span, Verdict, Version } from './types';

/** Whether a release has a thing. */
export const has = (span: Span, version: Version): boolean => (span.since ?? 0) <= version && version <= (span.until ?? Infinity);

/**
 * Whether a release does something that came with `since` and that distributions carried back into the last updates
 * of `backports`. A release stands for its newest update, because that is what people run.
 */
export const hasBackport = (version: Version, since: Version, backports: readonly Version[] = []): boolean =>
  version >= since || backports.includes(version);

/** Sections of mkosi whose lines are conditions: a setting's name there asks for its value instead of setting it. */
const conditions: readonly string[] = ['Match', 'TriggerMatch', 'Assert', 'TriggerAssert'];

/**
 * How a tool reads the files of one schema, as far as the records do not say it. Values, model, rules and features ask
 * these facts by name and never which tool it is.
 */
export interface Reader {
  /** The tool's name in a sentence: `nspawn`, where the records have `systemd-nspawn`. */
  readonly name: string;
  readonly dialect: (version: Version) => Dialect;
  /**
   * Where the tool looks for a setting: in its `section`; `anywhere`, because sections are for people only; as the
   * command line `option` that a key is spelled like.
   */
  readonly lookup: 'section' | 'anywhere' | 'option';
  /** The name of a setting without signs in front of it that the tool takes off. */
  readonly plainName: (name: string) => string;
  /** Sections that the tool does not know are not read; otherwise every line is, in whichever section. */
  readonly skipsUnknownSections: boolean;
  /** Names that begin like this are for others, and ignored silently. */
  readonly ignoredPrefix?: string;
  /** The grammars that values are read by, a key of the table in `values/`. */
  readonly grammars: 'systemd' | 'mkosi';
  /** An empty value is one of those that a setting of fixed words takes. */
  readonly emptyIsNoValue: boolean;
  /** The fields of a value, such as `source:target`, start again after white space. */
  readonly fieldsPerWord: boolean;
  /** Comments have lines of their own, and quotation marks are part of a value: what people get wrong most. */
  readonly commentsOnOwnLines: boolean;
  /** What a value that cannot be read costs: its line, or everything. */
  readonly badValue: 'dropped' | 'fatal';
  /** The verdict on a line before any section, and on one without a name. */
  readonly badLine: Verdict;
  readonly strayText: (version: Version) => Verdict;
  /** What text without an equals sign was probably meant to be. */
  readonly strayTextIs: 'comment' | 'assignment';
  readonly unknownSection: Verdict;
  readonly unknownSetting: (version: Version) => Verdict;
  readonly wrongSection: (version: Version) => Verdict;
  /** The tool complains about older names of settings. */
  readonly warnsOfOldNames: boolean;
  /** Why the tool fails at the name of a section; undefined for a name that it takes. */
  readonly headerFault: (name: string, version: Version) => string | undefined;
  /** The unit that runs the tool, for settings that belong there instead. */
  readonly unit?: string;
  /** Settings may be ignored in a file that the tool does not trust. */
  readonly trust: boolean;
  /** The records omit a default, or the first release, where there is none. */
  readonly unsaid: { readonly default?: string; readonly since?: Version };
  /** A release that may be taken for granted; what needs a younger one is reported at its line. */
  readonly settled?: Version;
  /** Pages of words and fields that many settings share. */
  readonly sharedPages?: Documentation;
  /** The schema of releases that are older than all of this one. */
  readonly older?: Schema;
  /** The official page about a setting. */
  readonly manual: (setting: Setting, edition: SchemaVersion) => string;
}

/** All releases of one dialect: its records and our documentation of them. */
export class Schema {
  readonly documentation: Documentation;
  private readonly editions = new Map<Version, SchemaVersion>();

  constructor(
    readonly data: SchemaData,
    markdown: string,
    readonly reader: Reader,
  ) {
    this.documentation = new Documentation(markdown);
  }

  /** The schema as one release has it; a release outside the known ones counts as the nearest known one. */
  at(version: Version): SchemaVersion {
    const release = Math.min(Math.max(version, this.data.oldest), this.data.newest);
    let edition = this.editions.get(release);
    if (edition === undefined) this.editions.set(release, (edition = new SchemaVersion(this, release)));
    return edition;
  }
}

/** What one release knows. */
export class SchemaVersion {
  /** Names of the sections, in the order of the schema. */
  readonly sections: readonly string[];
  private readonly bySection = new Map<string, Map<string, Setting>>();
  private readonly byName = new Map<string, Setting[]>();
  /** Settings of every release, for "since" and "until". */
  private readonly everywhere = new Map<string, Setting[]>();
  private readonly known: Setting[] = [];
  private readonly options = new Map<string, Option | undefined>();
  /** By an older name. */
  private readonly byAlias = new Map<string, Setting>();

  constructor(
    readonly schema: Schema,
    readonly version: Version,
  ) {
    this.sections = schema.data.sections.filter((s) => has(s, version)).map((s) => s.name);
    for (const name of this.sections) this.bySection.set(name, new Map());
    const removed = (schema.data.former ?? []).map((f): Setting => ({ ...f, repeat: 'replace', reset: true }));
    for (const record of [...schema.data.settings, ...removed]) {
      put(this.everywhere, record.name, record);
      const setting = inRelease(record, version);
      if (setting === undefined) continue;
      this.known.push(setting);
      put(this.byName, setting.name, setting);
      this.bySection.get(this.sectionOf(setting))?.set(setting.name, setting);
      for (const alias of setting.aliases ?? []) {
        if (alias.name !== setting.name && has(alias, version) && !this.byAlias.has(alias.name)) this.byAlias.set(alias.name, setting);
      }
      if (setting.match !== undefined && setting.match <= version) {
        for (const c of conditions) this.bySection.get(c)?.set(setting.name, setting);
      }
    }
    // What can only be asked for has its record under [Match].
    for (const [name, setting] of this.bySection.get('Match') ?? []) {
      for (const c of conditions) this.bySection.get(c)?.set(name, setting);
    }
  }

  /** The section that a setting belongs to in this release. */
  sectionOf(setting: Setting): string {
    return setting.places?.find((p) => has(p, this.version))?.section ?? setting.section;
  }

  isCondition(section: string): boolean {
    return conditions.includes(section) && this.bySection.has(section);
  }

  /** Whether an empty value takes back what was assigned before. */
  resets({ reset, resetUntil }: Setting): boolean {
    return (typeof reset === 'number' ? reset <= this.version : reset) && this.version <= (resetUntil ?? Infinity);
  }

  /** The settings that may be in a section. */
  settings(section: string): Setting[] {
    return [...(this.bySection.get(section)?.values() ?? [])];
  }

  /** The setting of a name in a section. */
  setting(section: string, name: string): Setting | undefined {
    return this.bySection.get(section)?.get(name);
  }

  /**
   * The setting that an assignment sets. nspawn looks into the section; mkosi finds a setting under its name or an older
   * one wherever it is, because sections are there for people only, and knows a leading @ (config.py parse_config_one).
   */
  assigned(section: string, name: string): Setting | undefined {
    const exact = this.setting(section, name),
      { lookup, plainName } = this.schema.reader;
    if (exact !== undefined || lookup === 'section') return exact;
    if (lookup === 'option') {
      const option = this.option(name);
      return option !== undefined && 'setting' in option ? option.setting : undefined;
    }
    if (!this.bySection.has(section)) return undefined;
    if (this.isCondition(section)) {
      const setting = this.renamed(name);
      return setting === undefined ? undefined : this.setting(section, setting.name);
    }
    const plain = plainName(name);
    return section === ukiProfile ? undefined : (this.inAnySection(plain) ?? this.renamed(plain));
  }

  /** What mkosi 14 and older take a key for; undefined where keys are not options. */
  option(key: string): Option | undefined {
    if (this.schema.reader.lookup !== 'option') return undefined;
    if (!this.options.has(key)) this.options.set(key, optionOf(key, this.known, this.version));
    return this.options.get(key);
  }

  /** The setting of a name that may be assigned in a configuration file, in whichever section. */
  inAnySection(name: string): Setting | undefined {
    return this.named(name).find((s) => s.section !== ukiProfile && !this.isCondition(s.section));
  }

  /** Releases with mkosi's own reader, 15 and newer, have conditions. */
  get modern(): boolean {
    return this.bySection.has('Match');
  }

  /** The settings of a name in any section of this release. */
  named(name: string): readonly Setting[] {
    return this.byName.get(name) ?? [];
  }

  /** The settings of a name that some other release has. */
  inOtherVersions(name: string): readonly Setting[] {
    return (this.everywhere.get(name) ?? []).filter((s) => !has(s, this.version));
  }

  /** The setting of this release that a name was an older name of. */
  renamed(name: string): Setting | undefined {
    return this.byAlias.get(name);
  }
}

/** What follows from a release alone, found out once for each. */
export function byEdition<T extends object>(found: (edition: SchemaVersion) => T): (edition: SchemaVersion) => T {
  const known = new WeakMap<SchemaVersion, T>();
  return (edition) => {
    let answer = known.get(edition);
    if (answer === undefined) known.set(edition, (answer = found(edition)));
    return answer;
  };
}

/** The one section of another kind of file: profiles of a unified kernel image (mkosi). */
export const ukiProfile = 'UKIProfile';

/** A setting as one release has it: under its older name, with the type it had then. */
function inRelease(setting: Setting, version: Version): Setting | undefined {
  const alias = (setting.since ?? 0) > version ? setting.aliases?.find((a) => has(a, version)) : undefined;
  if (!has(setting, version) && alias === undefined) return undefined;
  const before = setting.before?.find((b) => version <= b.until);
  if (alias === undefined && before === undefined) return setting;
  // `until` of the older form is when that form ended, not when the setting did.
  const { until } = setting;
  return { ...setting, ...before, name: alias?.name ?? setting.name, ...(until === undefined ? { until: Infinity } : { until }) };
}

function put(map: Map<string, Setting[]>, name: string, setting: Setting): void {
  const list = map.get(name);
  if (list === undefined) map.set(name, [setting]);
  else list.push(setting);
}
