import { has, type SchemaVersion, type Setting, systemCalls, type VocabularyWord, vocabulary, vocabularyPages } from '../schema';
import { grammarOf, type Reading, type ValuePart } from '../values';

/** The page of a setting: what it does, its values, its facts and where to read on. */
export function settingMarkdown(setting: Setting, edition: SchemaVersion): string {
  const { data, reader } = edition.schema,
    { tool, newest } = data,
    { default: unset, since } = reader.unsaid;
  const byDefault = setting.default ?? unset;
  const entry = edition.schema.documentation.setting(setting.section, setting.name);
  const words = [...(entry?.words ?? [])].map(([word, means]) => `- \`${word}\`: ${means}`).join('\n');
  const facts = [
    byDefault === undefined ? undefined : `**Default:** ${byDefault}`,
    setting.cli?.length ? `**Command line:** ${setting.cli.map((c) => `\`${c}\``).join(', ')}` : undefined,
    known(since === undefined ? setting : { since, ...setting }, tool, newest),
    setting.deprecated
      ? `**Deprecated**${setting.deprecated.since ? ` since ${setting.deprecated.since}` : ''}` +
        (setting.deprecated.by ? `: use \`${setting.deprecated.by}=\`` : '')
      : undefined,
    reader.trust ? trust(setting, edition.version) : undefined,
    `**Repeated:** ${repeats[setting.repeat]}${edition.resets(setting) ? '; an empty value starts over' : ''}`,
    setting.scope === undefined ? undefined : `**Scope:** ${scopes[setting.scope] ?? setting.scope}`,
    setting.match === undefined || setting.match > edition.version ? undefined : `**[Match]:** can be tested, since ${setting.match}`,
    setting.files?.length ? `**Files that set it:** ${setting.files.map((f) => `\`${f}\``).join(', ')}` : undefined,
  ].filter((f) => f !== undefined);
  return page(
    `### ${setting.name}=  \n[${edition.sectionOf(setting)}] of ${tool}`,
    entry?.body,
    words,
    facts.join('  \n'),
    `[Manual of ${tool}](${reader.manual(setting, edition)})`,
  );
}

/** What one fixed word of a setting means: as its page says, else as its vocabulary does. */
export function wordMarkdown(setting: Setting, word: string, edition: SchemaVersion): string | undefined {
  const { documentation, data } = edition.schema;
  const shared = setting.value.params?.words;
  const means =
    documentation.setting(setting.section, setting.name)?.words.get(word) ??
    (typeof shared === 'string' ? documentation.setting('Values', shared)?.words.get(word) : undefined);
  const record = setting.value.words?.find((w) => w.word === word);
  const when = record === undefined ? undefined : known(record, data.tool, data.newest);
  if (means !== undefined || when !== undefined) return page(`**${word}** of ${setting.name}=`, means, when);
  return vocabularyMarkdown(setting, word, edition);
}

/** The first sentence about a word, for lists. */
export function wordSummary(setting: Setting, word: string, edition: SchemaVersion): string | undefined {
  const { documentation } = edition.schema;
  const shared = setting.value.params?.words;
  return (
    documentation.setting(setting.section, setting.name)?.words.get(word) ??
    (typeof shared === 'string' ? documentation.setting('Values', shared)?.words.get(word) : undefined) ??
    vocabularyEntry(setting, word)?.summary
  );
}

/** The vocabulary that a type of value takes its words from, and its chapter. */
const vocabularies = {
  capabilities: ['capabilities', 'Capabilities'],
  'syscall-filter': ['syscallGroups', 'System call groups'],
  signal: ['signals', 'Signals'],
  personality: ['architectures', 'Architectures'],
  'address-families': ['addressFamilies', 'Address families'],
  bind: ['bindOptions', 'Bind mount options'],
  tmpfs: ['tmpfsOptions', 'Temporary file system options'],
} as const;

const vocabularyOf = (type: string): (typeof vocabularies)[keyof typeof vocabularies] | undefined =>
  Object.hasOwn(vocabularies, type) ? vocabularies[type as keyof typeof vocabularies] : undefined;

/** The word as its vocabulary spells it: `SIGTERM` is `TERM`, `size=10%` is `size=`. */
function recordOf(setting: Setting, word: string): VocabularyWord | undefined {
  const name = vocabularyOf(setting.value.type)?.[0];
  if (name === undefined) return undefined;
  const plain = word
    .replace(/^SIG/, '')
    .replace(/^(RTMIN|RTMAX)[+-].*/, '$1')
    .replace(/=.*/, '=');
  return vocabulary[name].find((w) => w.word === word || w.word === plain);
}

/** The release that came with a word of a setting; undefined for one that has always been there. */
export const sinceOf = (setting: Setting, word: string): number | undefined =>
  (setting.value.words?.find((w) => w.word === word) ?? recordOf(setting, word))?.since;

function vocabularyEntry(setting: Setting, word: string) {
  const chapter = vocabularyOf(setting.value.type)?.[1],
    record = recordOf(setting, word);
  return chapter === undefined || record === undefined ? undefined : vocabularyPages.setting(chapter, record.word.replace(/=$/, ''));
}

function vocabularyMarkdown(setting: Setting, word: string, edition: SchemaVersion): string | undefined {
  const record = recordOf(setting, word),
    entry = vocabularyEntry(setting, word);
  if (record === undefined || entry === undefined) return undefined;
  const { data } = edition.schema;
  const facts = [
    record.default === undefined
      ? undefined
      : record.default
        ? 'Granted unless a setting says otherwise.'
        : record.withCapability === undefined
          ? 'Not granted by default.'
          : `Allowed together with \`${record.withCapability}\`.`,
    record.number === undefined ? undefined : `**Number:** ${record.number}`,
    record.needs === undefined ? undefined : `**Needs:** \`${record.needs}=\``,
    known(record, data.tool, data.newest),
    record.members === undefined ? undefined : `**Members:** ${record.members.map((m) => `\`${m}\``).join(' ')}`,
  ].filter((f) => f !== undefined);
  return page(`**${word}** of ${setting.name}=`, entry.body, facts.join('  \n'));
}

/** The page of a system call: the groups that have it. */
export function callMarkdown(call: string, edition: SchemaVersion): string | undefined {
  const groups = vocabulary.syscallGroups.filter((g) => has(g, edition.version) && g.members?.includes(call));
  if (groups.length === 0 && !systemCalls.has(call)) return undefined;
  const allowed = groups.some((g) => g.default) ? 'Allowed unless a setting says otherwise.' : undefined;
  return page(
    `**${call}**, a system call`,
    allowed,
    groups.length === 0 ? 'In no group but `@known`.' : `**In:** ${groups.map((g) => `\`${g.word}\``).join(' ')}`,
    `[Manual of ${call}](https://man7.org/linux/man-pages/man2/${encodeURIComponent(call)}.2.html)`,
  );
}

/**
 * What a part of a value is, when it is not a word with a page of its own: the field that it fills, else what the whole
 * setting is about, and what follows from just this value.
 */
export function partMarkdown(setting: Setting, part: ValuePart, reading: Reading, edition: SchemaVersion): string | undefined {
  const { label, word } = part,
    form = grammarOf(setting.value)?.form;
  if (label === undefined) return undefined;
  const field = edition.schema.reader.sharedPages?.setting('Fields', `${setting.value.type} ${label}`);
  const meaning = word === undefined ? undefined : field?.words.get(word);
  return page(
    `**${word !== undefined && meaning !== undefined ? word : label}** of ${setting.name}=`,
    consequence(setting, part, reading),
    meaning,
    field?.body ?? edition.schema.documentation.setting(setting.section, setting.name)?.summary,
    form === undefined || form === label ? undefined : `\`${setting.name}=${form}\``,
  );
}

/** What follows from a value: an amount in its unit, names and numbers that nspawn makes out of it. */
function consequence(setting: Setting, { label, text, number, end }: ValuePart, reading: Reading): string | undefined {
  const grouped = (n: number): string => n.toString().replace(/\B(?=(\d{3})+$)/g, ' ');
  const { unit } = setting.value;
  if (unit !== undefined && number !== undefined) {
    return ['bytes', 'seconds', 'microseconds'].includes(unit) && String(number) !== text
      ? `${grouped(number)} ${unit}`
      : unit === 'nice'
        ? `Nice level ${20 - number}`
        : undefined;
  }
  if (setting.value.type === 'zone' && text !== '') return `The bridge \`vz-${text}\` of the host`;
  if (setting.value.type === 'private-users' && number !== undefined) {
    const first = reading.labelled('first')[0]?.number,
      count = reading.labelled('count')[0]?.number ?? 65536;
    return first === undefined ? undefined : `User IDs 0 to ${count - 1} of the machine are ${first} to ${first + count - 1} of the host`;
  }
  const prefix = { MACVLAN: 'mv', IPVLAN: 'iv' }[setting.name];
  const named = reading.labelled('container interface').some((p) => p.start === end + 1);
  if (prefix !== undefined && label === 'host interface' && !named && text.length <= 12)
    return `The machine's end is \`${prefix}-${text}\``;
  return undefined;
}

/** What a specifier stands for. */
export function specifierMarkdown(char: string, edition: SchemaVersion): string | undefined {
  const { data } = edition.schema;
  const specifier = data.specifiers?.find((s) => s.char === char && has(s, edition.version));
  if (specifier === undefined) return undefined;
  const means = specifier.setting === undefined ? specifier.means : `the value of \`${specifier.setting}=\``;
  return page(`**%${char}**, a specifier`, means, known(specifier, data.tool, data.newest));
}

/** The page of a section, with its settings. */
export function sectionMarkdown(name: string, edition: SchemaVersion): string | undefined {
  if (!edition.sections.includes(name)) return undefined;
  const settings = edition
    .settings(name)
    .map((s) => `\`${s.name}\``)
    .join(' ');
  const { data, documentation } = edition.schema;
  return page(
    `### [${name}]  \nof ${data.tool}`,
    documentation.section(name)?.body,
    settings === '' ? undefined : `**Settings:** ${settings}`,
  );
}

const page = (...paragraphs: readonly (string | undefined)[]): string => paragraphs.filter((p) => p !== undefined && p !== '').join('\n\n');

function known({ since, until }: { since?: number; until?: number }, tool: string, newest: number): string | undefined {
  const from = since === undefined ? undefined : `since ${tool} ${since}`;
  const to = until === undefined || until >= newest ? undefined : `until ${until}`;
  return from === undefined && to === undefined ? undefined : `**Known:** ${[from, to].filter((t) => t !== undefined).join(', ')}`;
}

function trust(setting: Setting, version: number): string {
  if (setting.trust === undefined || (setting.trustSince ?? 0) > version)
    return '**Trust:** counts in every file, also in one that lies beside its image';
  return setting.trust === 'partial'
    ? '**Trust:** in part ignored in a file that lies beside its image'
    : '**Trust:** ignored in a file that lies beside its image; put the file into `/etc/systemd/nspawn`';
}

const repeats: Readonly<Record<Setting['repeat'], string>> = {
  replace: 'the last line wins',
  append: 'each line adds',
  merge: 'each line adds to the set',
  conflict: 'the first line wins',
};

const scopes: Readonly<Record<string, string>> = {
  local: 'every image for itself',
  inherit: 'the main image sets the default of the others',
  universal: 'main image and tools tree; holds for all images',
  multiversal: 'main image only; holds for all images and the tools tree',
  main: 'main image only',
  tools: 'main image only; handed to the tools tree',
  initrd: 'main image only; handed to the default initrd',
  'initrd-inherit': 'every image; the main image sets the default of the initrd',
};
