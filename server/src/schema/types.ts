/**
 * What a schema record may say. The records themselves are data: `npm run generate` writes `nspawn.json`, `mkosi.json` and
 * `mkosi-legacy.json` from `tools/schema/facts`; the words that people read are in the Markdown files beside them.
 */

/** A release as a number: systemd 226 to 262, mkosi 1 to 27.1. Numbers compare as the releases do. */
export type Version = number;

/** The releases that know a thing: from `since` (default: always) to `until`, the last one (default: the newest). */
export interface Span {
  readonly since?: Version;
  readonly until?: Version;
}

/** One fixed word of an enumeration, spelled as the tool compares it (case-sensitive). */
export interface Word extends Span {
  readonly word: string;
}

/** How the items of a list are separated. mkosi 27 splits at any white space where 26 split at commas and newlines. */
export interface ListForm {
  /** The characters that separate items, newest release first; `until` is the last release with that form. */
  readonly separators: readonly ({ readonly chars: string } & Span)[];
  /** `shell`: quotes hold an item together; `verbatim`: they do so and stay in it; `none`: they are ordinary text. */
  readonly quoting: 'none' | 'shell' | 'verbatim';
  /** `!item` takes an item off the list, `!*` all of them (mkosi 14 and older). */
  readonly removal?: boolean;
}

/**
 * The type of a value. `type` names the grammar in `server/src/values`; the other members are its parameters.
 * Fixed words and booleans are spelled out here because completion, hover and validation all need them as data.
 */
export interface ValueType {
  readonly type: string;
  /** Fixed words that the grammar takes besides whatever else it takes. */
  readonly words?: readonly Word[];
  /** Booleans are accepted as well: the word that true and false stand for. */
  readonly true?: string;
  readonly false?: string;
  /** Element type and form of `type: 'list'`. */
  readonly of?: ValueType;
  readonly list?: ListForm;
  /** Unit of a number: `bytes`, `seconds`, `microseconds`, `count`, `nice`. */
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  /** Further parameters of one grammar, such as `absolute`, `mustExist`, `prefixes`; flat values only. */
  readonly params?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** One setting of one dialect. */
export interface Setting extends Span {
  readonly name: string;
  /** The section it belongs to in the newest release that knows it. */
  readonly section: string;
  /** Where it belonged over time, when that changed; the newest place is `section`. */
  readonly places?: readonly ({ readonly section: string } & Span)[];
  readonly value: ValueType;
  /** What a second assignment does: replaces, adds, merges into a set, or is dropped as a conflict. */
  readonly repeat: 'replace' | 'append' | 'merge' | 'conflict';
  /** An empty value takes back what was assigned before; a number: since that release. */
  readonly reset: boolean | Version;
  /** The last release in which it does. */
  readonly resetUntil?: Version;
  /** In words, when nothing is assigned. */
  readonly default?: string;
  /** Command-line equivalents, as the tool spells them (`--boot`, `-b`, `--bind=`). */
  readonly cli?: readonly string[];
  /** nspawn: ignored in an untrusted file; `partial` when that depends on the value. */
  readonly trust?: 'privileged' | 'partial';
  readonly trustSince?: Version;
  /** mkosi: which images may set it and who inherits it. */
  readonly scope?: string;
  /** mkosi: may be in mkosi.tools.conf. */
  readonly tools?: boolean;
  /** mkosi: may be tested in [Match], since that release. */
  readonly match?: Version;
  /** What [Match] takes, where that is not `value`: one glob, a version with an operator, one name of a list. */
  readonly matchValue?: ValueType;
  /** mkosi: files that set it when they exist (`mkosi.extra`). */
  readonly files?: readonly string[];
  /** Older names that still work (`still: true`) or worked until a release. */
  readonly aliases?: readonly ({ readonly name: string } & Span)[];
  /** What was different in older releases, up to `until`, oldest first. */
  readonly before?: readonly Before[];
  /** It works, but its successor should be used. */
  readonly deprecated?: { readonly since?: Version; readonly by?: string };
  /** Where the tool's source defines it, for maintainers: "nspawn-settings.c:572". */
  readonly source?: string;
}

/** What a setting was up to a release, where that is not what it is today. */
export interface Before extends Partial<Pick<Setting, 'value' | 'matchValue' | 'scope' | 'tools' | 'repeat'>> {
  readonly until: Version;
}

/** A specifier such as mkosi's `%d`, and the setting or thing that it stands for. */
export interface Specifier extends Span {
  readonly char: string;
  readonly setting?: string;
  readonly means?: string;
}

/** A section; a deprecated one is still read until `until`, and `by` is where its settings belong now. */
export interface Section extends Span {
  readonly name: string;
  readonly deprecated?: { readonly since?: Version; readonly by?: string };
}

/** A setting that no release after `until` knows under any name, so that "removed in N" can be reported. */
export interface Former extends Span, Pick<Setting, 'name' | 'section' | 'places' | 'aliases' | 'value'> {
  readonly until: Version;
  /** The setting to use today, in one of its values or in part; `note` says how. */
  readonly by?: string;
  readonly note?: string;
}

/** A file of records: everything the server knows of one dialect. */
export interface SchemaData {
  /** The tool's name for messages: `systemd-nspawn`, `mkosi`. */
  readonly tool: string;
  readonly oldest: Version;
  readonly newest: Version;
  /** Every release worth choosing, ascending. */
  readonly versions: readonly Version[];
  readonly sections: readonly Section[];
  readonly settings: readonly Setting[];
  /** Words that the tool reads as true and false, lower case; compared without case. `since`: the younger ones. */
  readonly booleans: {
    readonly true: readonly string[];
    readonly false: readonly string[];
    readonly since?: Readonly<Record<string, Version>>;
  };
  readonly specifiers?: readonly Specifier[];
  readonly former?: readonly Former[];
}

/** One word of a vocabulary, with what there is to know about it; which members are set depends on the list. */
export interface VocabularyWord extends Word {
  /** Capability number, or signal number on x86 and Arm. */
  readonly number?: number;
  /** RTMIN and RTMAX: how far `RTMIN+n` and `RTMAX-n` reach. */
  readonly range?: number;
  /** Capabilities and system call groups: granted when no setting says otherwise. */
  readonly default?: boolean;
  /** System call groups: allowed when the container has this capability. */
  readonly withCapability?: string;
  /** Capabilities: what else grants or takes it (`private-network`, `user-namespace-on-host-network`). */
  readonly impliedBy?: string;
  readonly lostBy?: string;
  /** System call groups: calls and further groups. */
  readonly members?: readonly string[];
  /** Architectures: the 64-bit one whose kernel runs it, too. */
  readonly secondaryOf?: string;
  /** Mount options: the setting without which it fails. */
  readonly needs?: string;
  /** Units: bytes or microseconds. */
  readonly factor?: number;
}

/** `nspawn-words.json`: words that a grammar knows by the dozen. */
export type NspawnVocabulary =
  | 'capabilities'
  | 'syscallGroups'
  | 'signals'
  | 'architectures'
  | 'addressFamilies'
  | 'bindOptions'
  | 'tmpfsOptions'
  | 'sizeUnits'
  | 'timeUnits';
export type NspawnWords = Readonly<Record<NspawnVocabulary, readonly VocabularyWord[]>>;

/** What the real tool does: fails, complains and goes on, says nothing but does something else, or accepts it. */
export type Verdict = 'refused' | 'warned' | 'silent' | 'advice';
