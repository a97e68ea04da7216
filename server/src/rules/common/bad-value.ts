import { assignmentSpan, effectOf, type ParsedAssignment, valueSpan } from '../../model/assignments';
import { reads } from '../../model/mkosi/reads';
import { shortened } from '../../syntax';
import { grammarOf, type Problem, type Rewrite } from '../../values';
import { explanation } from '../explanation';
import { type Finding, type Fix, type Rule, type RuleContext, removal, replacement, verdictOf } from '../rule';

/** A value that the setting does not take, or not as it is meant. */
export const badValue: Rule = {
  id: 'bad-value',
  summary: 'A value that the setting does not accept, or interprets differently',
  verdicts: ['refused', 'warned', 'silent', 'advice'],
  tags: ['line'],
  *check(here) {
    const { document, assignments } = here;
    yield* interpolation(here);
    yield* withSpecifiers(here);
    for (const entry of assignments.entries) {
      if (entry.reading.problems.length === 0 || explanation(entry) !== undefined) continue;
      const rewrites = new Map<Rewrite, Fix>();
      for (const problem of entry.reading.problems) {
        const span = valueSpan(entry, problem);
        yield {
          ...span,
          verdict: verdictOf[effectOf(problem, document)],
          message: `${entry.setting.name}=: ${problem.message}`,
          ...fixOf(entry, problem, rewrites),
        };
      }
    }
  },
};

/** @param rewrites by what stands for it: many problems of a value may have one answer, which is as long as the value */
function fixOf(entry: ParsedAssignment, { start, end, instead, rewrite }: Problem, rewrites: Map<Rewrite, Fix>): Pick<Finding, 'fixes'> {
  if (rewrite !== undefined) {
    const fix = rewrites.get(rewrite) ?? rewritten(entry, rewrite);
    rewrites.set(rewrite, fix);
    return { fixes: [fix] };
  }
  if (instead === undefined) return {};
  return {
    fixes: [
      replacement(`Change to ${shortened(instead)}`, valueSpanOrEnd(entry.line.value.length, valueSpan(entry, { start, end })), instead),
    ],
  };
}

function rewritten(entry: ParsedAssignment, { title, values, setting }: Rewrite): Fix {
  if (values.length === 0) return removal(title, entry);
  return replacement(title, assignmentSpan(entry), values.map((value) => `${setting ?? entry.setting.name}=${value}`).join('\n'));
}

/** A missing value is marked at its setting, but goes after the equals sign. */
const valueSpanOrEnd = (length: number, span: { start: number; end: number }): { start: number; end: number } =>
  length === 0 ? { start: span.end, end: span.end } : span;

/** A % on its own ends a tool that lets Python's configparser put something in its place (mkosi 9 and older). */
function* interpolation({ document }: RuleContext): Generator<Omit<Finding, 'rule'>> {
  if (document.tree.dialect.interpolates !== true) return;
  for (const assigned of document.assignments()) {
    const at = assigned.line.value.text.replaceAll('%%', '  ').indexOf('%');
    if (at < 0) continue;
    const message = `A % ends ${document.edition.schema.reader.name} ${document.edition.version} with a traceback; write %%`;
    yield { ...valueSpan(assigned, { start: at, end: at + 1 }), verdict: 'refused', message };
  }
}

/** Values of mkosi that are only known when their specifiers are replaced. */
function* withSpecifiers(here: RuleContext): Generator<Omit<Finding, 'rule'>> {
  const {
      document,
      document: { edition },
    } = here,
    seen = new Set<string>();
  for (const {
    read: { assigned, text },
  } of reads(here)) {
    const { setting, section } = assigned;
    if (!assigned.line.value.text.includes('%') || text === '' || setting === undefined || edition.isCondition(section ?? '')) continue;
    for (const problem of grammarOf(setting.value)?.check(text, { value: setting.value, edition }) ?? []) {
      const message = `${setting.name}=${shortened(text)}: ${problem.message}`;
      if (seen.has(`${assigned.start} ${message}`)) continue;
      seen.add(`${assigned.start} ${message}`);
      yield { ...valueSpan(assigned), verdict: verdictOf[effectOf(problem, document)], message };
    }
  }
}
