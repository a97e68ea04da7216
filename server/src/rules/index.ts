import { mayQuote } from '../model/mkosi';
import { readsSection, unread } from '../model/mkosi/reads';
import type { Resumable } from '../model/resumable';
import { RuleContextOfDocument } from './context';
import { commonRules, mkosiRules, nspawnRules, rules } from './registry';
import type { Finding, LintInput, Rule, RuleContext, Tag } from './rule';

/** The rules by the folder that they are in. */
export const rulesIn = { common: commonRules, nspawn: nspawnRules, mkosi: mkosiRules };

const byId = new Map(rules.map((rule) => [rule.id, rule]));

/** Whether a rule has a tag. @param id an unknown one has none */
export const hasTag = (id: string, tag: Tag): boolean => byId.get(id)?.tags?.includes(tag) === true;

/** What the rules say when not all findings of a file are shown. @param more how many are not shown @param least there may be even more */
export const aboutHidden = (more: number, least: boolean): Finding[] =>
  rules.flatMap((rule) => (rule.hidden === undefined ? [] : [{ rule: rule.id, ...rule.hidden(more, least) }]));

/** Lines of a section that mkosi passes over have nothing wrong; that it does so is reported at the header. */
function inUnreadSection(start: number, here: RuleContext): boolean {
  if (!here.document.format.inProject) return false;
  const section = here.document.sectionAt(here.document.tree.indexAt(start));
  return section !== undefined && !readsSection(section, here);
}

/** What mkosi does not read, it does not complain about; but its meaning differs from what it seems to say. */
function asRead(finding: Finding, here: RuleContext): Finding {
  if (hasTag(finding.rule, 'about-file')) return finding;
  const { until } = here.document.format;
  if (until !== undefined && here.project !== undefined && here.project.edition.version > until) {
    const { schema, version } = here.project.edition,
      message = `${schema.data.tool} ${version} does not read this file; for ${schema.data.tool} ${until}: ${finding.message}`;
    return finding.verdict === 'advice' ? finding : { ...finding, verdict: 'silent', message };
  }
  if (here.readings.length === 0 || !['refused', 'warned'].includes(finding.verdict) || !unread(here, finding.start)) return finding;
  return { ...finding, verdict: 'silent', message: `Not in effect here; otherwise: ${finding.message}` };
}

/** What mkosi does at a line of a file that may not be quoted; nothing else is reported about it. */
const withheld = ({ rule, verdict, start }: Finding): Finding => ({
  rule,
  verdict,
  start,
  end: start,
  message: `${happens[verdict]} (${rule}). Details are not shown, because this file is outside the project and does not look like configuration.`,
});

const happens: Readonly<Record<Finding['verdict'], string>> = {
  refused: 'mkosi fails at this line',
  warned: 'mkosi warns about this line',
  silent: 'mkosi interprets this line differently',
  advice: 'There is advice about this line',
};

/** The most findings of one rule in one file; it is not asked for more. */
export const mostOfOne = 20_000;

/**
 * What rules find, in the order of the text, rule by rule.
 * @param rules those of the kind of file
 */
export function* judging(here: LintInput, rules: readonly Rule[]): Resumable<Finding[]> {
  const situation = new RuleContextOfDocument(here),
    { assignments } = situation;
  const found: Finding[] = [];
  for (const rule of rules) {
    if (rule.about?.every((name) => assignments.named(name).length === 0) === true) continue;
    try {
      let count = 0;
      for (const finding of rule.check(situation)) {
        if (count++ > mostOfOne) break;
        if (!hasTag(rule.id, 'any-section') && inUnreadSection(finding.start, situation)) continue;
        found.push(asRead({ rule: rule.id, ...finding }, situation));
      }
    } catch (error) {
      if (here.failed === undefined) throw error;
      here.failed(rule.id, error);
    }
    yield;
  }
  found.sort((a, b) => a.start - b.start || a.end - b.end);
  return here.project === undefined || mayQuote(here.document, here.project) ? found : found.map(withheld);
}

export { commonRules, mkosiRules, nspawnRules, rules } from './registry';
export type { Finding, Fix, LintInput, Rule, RuleContext, Verdict } from './rule';
