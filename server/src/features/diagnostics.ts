import {
  type CodeDescription,
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
} from 'vscode-languageserver-types';
import { judging } from '../families';
import { type Resumable, runToEnd } from '../model';
import { aboutHidden, type Finding, hasTag, type LintInput, mostOfOne, type Verdict } from '../rules';
import type { Document } from '../schema';
import { uriOf } from './context';
import { rangeOf } from './lookup';
import { Silences } from './silences';

/** The severity that shows a verdict to a person; the contract of the checker ties the two. */
export const severityOf: Readonly<Record<Verdict, DiagnosticSeverity>> = {
  refused: DiagnosticSeverity.Error,
  warned: DiagnosticSeverity.Warning,
  silent: DiagnosticSeverity.Warning,
  advice: DiagnosticSeverity.Information,
};

/** What a user can choose for a rule, and what it means; `off` is undefined. */
const levels = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
  off: undefined,
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

/** The most findings that are shown for one file: in editors, and in all other outputs. */
const mostShown = { editor: 1000, report: 10_000 } as const;

/** What the rules find, without what the user has switched off or silenced on the line before. */
export const shown = (here: LintInput, chosen?: Levels): Shown[] => runToEnd(showing(here, mostShown.report, chosen));

const silencesOf = (document: Document): Silences => new Silences(document);

function* showing(here: LintInput, most: number, chosen: Levels = {}): Resumable<Shown[]> {
  const silences = here.document.once(silencesOf);
  const wanted = (finding: Finding): Shown[] => {
    const level = chosen[finding.rule];
    const severity = level === undefined ? severityOf[finding.verdict] : levels[level];
    return severity === undefined || silences.has(finding.rule, finding.start) ? [] : [{ finding, severity }];
  };
  const found = (yield* judging(here)).flatMap(wanted);
  if (found.length <= most) return found;
  // The most severe ones are kept, in the order of the text.
  const kept = new Set(found.toSorted((a, b) => a.severity - b.severity).slice(0, most));
  return [...found.filter((s) => kept.has(s)), ...aboutHidden(found.length - most, found.length > mostOfOne).flatMap(wanted)];
}

/** What is wrong in a document, as editors show it. */
export const diagnostics = (here: LintInput, chosen?: Levels): Diagnostic[] => runToEnd(diagnosing(here, chosen));

/** Like {@link diagnostics}, but yields after every rule so that the caller can pause. */
export function* diagnosing(here: LintInput, chosen?: Levels): Resumable<Diagnostic[]> {
  return (yield* showing(here, mostShown.editor, chosen)).map((s) => diagnosticOf(here.document, s));
}

/** A finding as a diagnostic. */
export function diagnosticOf(document: Document, { finding, severity }: Shown): Diagnostic {
  return {
    range: rangeOf(document, finding),
    severity,
    source: document.edition.schema.data.tool,
    code: finding.rule,
    codeDescription: pageOf(finding.rule),
    message: finding.message,
    ...(finding.related === undefined ? {} : { relatedInformation: relatedTo(finding.related) }),
    ...(hasTag(finding.rule, 'deprecated') ? { tags: [DiagnosticTag.Deprecated] } : {}),
  };
}

const top = { line: 0, character: 0 };

const relatedTo = (files: NonNullable<Finding['related']>): DiagnosticRelatedInformation[] =>
  files.map(({ path, message }) => ({ message, location: { uri: uriOf(path), range: { start: top, end: top } } }));

/** Where a rule is explained. */
export const pageOf = (rule: string): CodeDescription => ({
  href: `https://github.com/nspawn-tools/vscode-nspawn/blob/main/docs/rules/${rule}.md`,
});
