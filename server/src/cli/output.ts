import { pathToFileURL } from 'node:url';
import { DiagnosticSeverity, type Range } from 'vscode-languageserver-types';
import { executableTitle, moveTitle, type Shown } from '../features';
import { visibleLine } from '../node/shared/visible';
import type { Verdict } from '../rules';
import type { Document } from '../schema';
import { sarif } from './sarif';

/** A finding as it is printed. Lines and characters count from 0, characters in UTF-16 units, as in LSP. */
export interface PrintedDiagnostic {
  readonly range: Range;
  readonly severity: string;
  readonly code: string;
  readonly verdict: Verdict;
  readonly message: string;
  /** Titles. */
  readonly fixes: readonly string[];
}

/** What is printed of a file. It does not hold the text. */
export interface CheckedFile {
  readonly path: string;
  /** The kind of file. */
  readonly kind: string;
  readonly diagnostics: readonly PrintedDiagnostic[];
}

const severities: Readonly<Record<DiagnosticSeverity, string>> = {
  [DiagnosticSeverity.Error]: 'error',
  [DiagnosticSeverity.Warning]: 'warning',
  [DiagnosticSeverity.Information]: 'information',
  [DiagnosticSeverity.Hint]: 'hint',
};

export function printedDiagnostic({ text }: Document, { finding, severity }: Shown): PrintedDiagnostic {
  const { start, end, rule, verdict, message, fixes = [], moveTo, makeExecutable } = finding;
  return {
    range: { start: text.positionAt(start), end: text.positionAt(end) },
    severity: severities[severity],
    code: rule,
    verdict,
    message,
    fixes: [
      ...fixes.map(({ title }) => title),
      ...(moveTo === undefined ? [] : [moveTitle(moveTo)]),
      ...(makeExecutable === undefined ? [] : [executableTitle(makeExecutable)]),
    ],
  };
}

const line = (path: string, { range: { start }, severity, message, code }: PrintedDiagnostic): string =>
  `${visibleLine(`${path}:${start.line + 1}:${start.character + 1}: ${severity}: ${message} [${code}]`)}\n`;

/** By name, the formats of the output of `check`. */
export const outputs = {
  text: (files: readonly CheckedFile[]): string => files.flatMap(({ path, diagnostics }) => diagnostics.map((d) => line(path, d))).join(''),
  json: (files: readonly CheckedFile[]): string => `${JSON.stringify({ files }, null, 1)}\n`,
  sarif: (files: readonly CheckedFile[]): string =>
    sarif(files.map(({ path, diagnostics }) => ({ uri: pathToFileURL(path).href, diagnostics }))),
};
