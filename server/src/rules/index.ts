import { mayQuote } from '../model/mkosi';
import { readsSection, unread } from '../model/mkosi/reads';
import { type Resumable, runToEnd } from '../model/resumable';
import { RuleContextOfDocument } from './context';
import { commonRules, mkosiRules, nspawnRules, rules } from './registry';
import type { Finding, LintInput, Rule, RuleContext, Tag } from './rule';

/** The rules for a kind of file. */
const rulesOf = {
  nspawn: [...commonRules, ...nspawnRules],
  mkosi: [...commonRules, ...mkosiRules],
};

const byId = new Map(rules.map((rule) => [rule.id, rule]));

/** Whether a rule has a tag. @param id an unknown one has none */
export const hasTag = (id: string, tag: Tag): boolean => byId.get(id)?.tags?.includes(tag) === true;

/** What the rules say when not all findings of a file are shown. @param more how many are not shown @param least there may be even more */
export const aboutHidden = (more: number, least: boolean): Finding[] =>
  rules.flatMap((rule) => (rule.hidden === undefined ? [] : [{ rule: rule.id, ...rule.hidden(more, least) }]));

/** Lines of a section that mkosi passes over have nothing wrong; that it does so is said of the header. */
function inUnreadSection(start: number, here: RuleContext): boolean {
  if (!here.document.edition.modern) return false;
  const section = here.document.sectionAt(here.document.tree.indexAt(start));
  return section !== undefined && !readsSection(section, here);
}

/** What mkosi does not read, it does not complain about; but it says something else than it seems to. */
function asRead(finding: Finding, here: RuleContext): Finding {
  if (hasTag(finding.rule, 'about-file')) return finding;
  if (here.document.kind === 'mkosi-legacy' && here.project?.edition.modern === true) {
    const { version } = here.project.edition;
    return finding.verdict === 'advice'
      ? finding
      : { ...finding, verdict: 'silent', message: `mkosi ${version} does not read this file; for mkosi 14: ${finding.message}` };
  }
  if (here.readings.length === 0 || !['refused', 'warned'].includes(finding.verdict) || !unread(here, finding.start)) return finding;
  return { ...finding, verdict: 'silent', message: `Not read here; where it is: ${finding.message}` };
}

/** What mkosi does at a line of a file that may not be quoted; nothing else is told of it. */
const withheld = ({ rule, verdict, start }: Finding): Finding => ({
  rule,
  verdict,
  start,
  end: start,
  message: `${happens[verdict]} (${rule}). What it says is not shown here, because this file lies outside of the project and does not look like configuration.`,
});

const happens: Readonly<Record<Finding['verdict'], string>> = {
  refused: 'mkosi fails at this line',
  warned: 'mkosi warns of this line',
  silent: 'mkosi takes this line for something else',
  advice: 'There is advice about this line',
};

/** The most findings of one rule in one file; it is not asked for more. */
export const mostOfOne = 20_000;

/** What the rules find, in the order of the text. @param only rules to run instead of all */
export const findings = (here: LintInput, only?: readonly Rule[]): Finding[] => runToEnd(judging(here, only));

/** The same, rule by rule. */
export function* judging(here: LintInput, only?: readonly Rule[]): Resumable<Finding[]> {
  const situation = new RuleContextOfDocument(here),
    { assignments } = situation;
  const found: Finding[] = [];
  for (const rule of only ?? rulesOf[here.document.edition.schema.data.tool === 'mkosi' ? 'mkosi' : 'nspawn']) {
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
