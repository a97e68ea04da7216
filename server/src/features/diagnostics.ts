import { type CodeDescription, type Diagnostic, type DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver-types';
import { type Case, type Finding, type Verdict, type Steps, atOnce, judging } from '../rules';
import type { Document } from '../schema';
import { inDocument } from '../syntax';
import { uriOf } from './context';
import { rangeOf } from './lookup';

/** The severity that tells a verdict to a person; the contract of the checker ties the two. */
export const severityOf: Readonly<Record<Verdict, DiagnosticSeverity>> = {
  refused: DiagnosticSeverity.Error,
  warned: DiagnosticSeverity.Warning,
  silent: DiagnosticSeverity.Warning,
  advice: DiagnosticSeverity.Information,
};

/** What a user can choose for a rule, and what it means; `off` is undefined. */
const levels = {
  error: DiagnosticSeverity.Error, warning: DiagnosticSeverity.Warning, information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint, off: undefined,
} as const;
export type Level = keyof typeof levels;
/** Chosen levels by rule id; other rules keep the severity of their verdict. */
export type Levels = Readonly<Record<string, Level>>;

export const isLevel = (value: unknown): value is Level => typeof value === 'string' && Object.hasOwn(levels, value);

/** A finding that is shown, and how. */
export interface Shown {
  readonly finding: Finding;
  readonly severity: DiagnosticSeverity;
}

/** What the rules find, without what the user has switched off or silenced on the line before. */
export const shown = (here: Case, chosen?: Levels): Shown[] => atOnce(showing(here, chosen));

function* showing(here: Case, chosen: Levels = {}): Steps<Shown[]> {
  const silences = here.document.text.getText().includes('nspawn-ignore:');
  return (yield* judging(here)).flatMap((finding) => {
    const level = chosen[finding.rule];
    const severity = level === undefined ? severityOf[finding.verdict] : levels[level];
    return severity === undefined || (silences && isSilenced(here.document, finding)) ? [] : [{ finding, severity }];
  });
}

const ignore = /^\s*[#;]\s*nspawn-ignore:([\w\s,-]*)/;
/** Line ends of any dialect. */
const breaks = /\r\n|\n\r|[\n\r\0\v\f\x1c-\x1e\x85\u2028\u2029]/g;

/** `# nspawn-ignore: rule-id` in the comments above a finding, or in that comment itself. */
function isSilenced({ text, tree }: Document, { rule, start }: Finding): boolean {
  const written = (from: number, to: number): string => text.getText().slice(from, to);
  const names = (from: number, to: number): boolean => ignore.exec(written(from, to))?.[1]?.split(/[\s,]+/).includes(rule) === true;
  const index = tree.indexAt(start), line = tree.lines[index], top = tree.starts[index] ?? 0;
  // Above the physical line, which may be in the middle of a value that is continued ...
  let below = start;
  for (const { start: from, end } of [...line?.comments ?? []].reverse().map((c) => inDocument(top, c))) {
    if (from > start) continue;
    if ((written(end, below).match(breaks)?.length ?? 0) > 1) break;
    if (names(from, end)) return true;
    below = from;
  }
  // ... or above the setting.
  for (let i = index - 1; tree.lines[i]?.kind === 'comment'; i--) {
    if (names(tree.starts[i] ?? 0, tree.starts[i + 1] ?? 0)) return true;
  }
  return false;
}

/** What is wrong in a document, as editors show it. */
export const diagnostics = (here: Case, chosen?: Levels): Diagnostic[] => atOnce(diagnosing(here, chosen));

/** The same, rule by rule. */
export function* diagnosing(here: Case, chosen?: Levels): Steps<Diagnostic[]> {
  return (yield* showing(here, chosen)).map((s) => diagnosticOf(here.document, s));
}

/** A finding as a diagnostic. */
export function diagnosticOf(document: Document, { finding, severity }: Shown): Diagnostic {
  return {
    range: rangeOf(document, finding), severity, source: document.edition.schema.data.tool,
    code: finding.rule, codeDescription: pageOf(finding.rule), message: finding.message,
    ...(finding.related === undefined ? {} : { relatedInformation: relatedTo(finding.related) }),
    ...(finding.rule.startsWith('deprecated') ? { tags: [DiagnosticTag.Deprecated] } : {}),
  };
}

const top = { line: 0, character: 0 };

const relatedTo = (files: NonNullable<Finding['related']>): DiagnosticRelatedInformation[] =>
  files.map(({ path, message }) => ({ message, location: { uri: uriOf(path), range: { start: top, end: top } } }));

/** Where a rule is explained. */
export const pageOf = (rule: string): CodeDescription =>
  ({ href: `https://github.com/nspawn-tools/vscode-nspawn/blob/main/docs/rules/${rule}.md` });
