import { nameSpan } from '../../model/assignments';
import { readsSection } from '../../model/mkosi/reads';
import { isUnitSetting } from '../../model/nspawn/unit-names';
import { type Assigned, type Document, type SchemaVersion, similar, ukiProfile } from '../../schema';
import { inDocument, shortened } from '../../syntax';
import type { Finding, Fix, Rule } from '../rule';

/** A setting that the tool does not know in this section. */
export const unknownSetting: Rule = {
  id: 'unknown-setting',
  summary: 'A setting that the tool does not know',
  verdicts: ['refused', 'warned'],
  tags: ['line'],
  *check(here) {
    const { document } = here,
      { edition } = document,
      { reader } = edition.schema;
    for (const assigned of document.assignments()) {
      const { section, setting, line, start } = assigned;
      const name = line.key.text;
      if (section === undefined || setting !== undefined || name === '') continue;
      if (!readsSection(section, here) || edition.isCondition(section)) continue;
      if (reader.ignoredPrefix !== undefined && name.startsWith(reader.ignoredPrefix)) continue;
      // Another rule says where it belongs.
      if (reader.unit !== undefined && isUnitSetting(name) && edition.inOtherVersions(name).length === 0) continue;
      const option = edition.option(name);
      if (option !== undefined && 'option' in option) {
        if (option.flag && (edition.version >= 13 || !['--help', '--version'].includes(option.option))) yield flag(assigned);
        continue;
      }
      if (reader.lookup === 'section' && (edition.named(name).length > 0 || edition.renamed(name) !== undefined)) continue;
      yield finding(assigned, section, document, inDocument(start, line.key.span()));
    }
  },
};

/** An option of the command line that takes no value, while every line of a file has one. */
const flag = (assigned: Assigned): Omit<Finding, 'rule'> => ({
  ...nameSpan(assigned),
  verdict: 'refused',
  message: `${shortened(assigned.line.key.text)}= is a command-line flag, not a setting; mkosi fails`,
});

function finding(
  { line }: Assigned,
  section: string,
  { edition, tree }: Document,
  span: { start: number; end: number },
): Omit<Finding, 'rule'> {
  const { data, reader } = edition.schema,
    { tool } = data,
    name = reader.plainName(line.key.text),
    anywhere = reader.lookup === 'anywhere',
    verdict = reader.unknownSetting(edition.version);
  const [other] = edition.inOtherVersions(name);
  const fixes: Fix[] = [];
  let hint = '';
  if (other !== undefined) {
    hint =
      other.since !== undefined && other.since > edition.version
        ? `; it is known since ${tool} ${other.since}`
        : `; it is known until ${tool} ${other.until ?? ''}${successor(name, edition)}`;
  } else {
    const old =
      reader.lookup !== 'section' && section !== ukiProfile
        ? data.settings.find((s) => s.aliases?.some((a) => a.name === name))
        : undefined;
    const here =
      anywhere && section !== ukiProfile
        ? edition.sections.flatMap((s) => (edition.isCondition(s) || s === ukiProfile ? [] : edition.settings(s).map((x) => x.name)))
        : edition.settings(section).map((s) => s.name);
    const meant = (old === undefined ? undefined : edition.inAnySection(old.name)?.name) ?? similar(name.replace(/^;\s*/, ''), here);
    if (name.startsWith(';') && !tree.dialect.comments.includes(';')) {
      return {
        verdict,
        ...span,
        message: `${tool} ${edition.version} has no setting ${shortened(name)}=; since 25 a ; does not start a comment, write #`,
        fixes: [{ title: 'Make it a comment', edits: [{ start: span.start, end: span.start + 1, text: '#' }] }],
      };
    }
    const { older } = reader;
    if (meant === undefined && older?.data.settings.some((s) => s.name === name) === true)
      hint = `; ${tool} ${older.data.newest} and older had it, and migrating the file says what it is today`;
    if (meant !== undefined) {
      hint = `; did you mean ${meant}=?`;
      fixes.push({ title: `Change to ${meant}=`, edits: [{ ...span, text: meant }] });
    }
  }
  return {
    verdict,
    ...span,
    fixes,
    message: `${tool} ${edition.version} has no setting ${shortened(name)}= in [${shortened(section)}]${hint}`,
  };
}

/** What a setting that is gone was replaced by. */
function successor(name: string, edition: SchemaVersion): string {
  const former = edition.schema.data.former?.find((f) => f.name === name || f.aliases?.some((a) => a.name === name));
  const by = former?.by === undefined ? undefined : edition.inAnySection(former.by)?.name;
  return [by === undefined ? '' : `; use ${by}=`, former?.note === undefined ? '' : ` (${former.note})`].join('');
}
