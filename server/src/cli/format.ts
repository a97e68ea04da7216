import { statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Family } from '../families';
import { formatting } from '../features';
import type { ExitReport } from '../node/exit-report';
import { type Decoded, decode, filesAt, standardInput } from '../node/files';
import { patiently } from '../node/shared/mounts';
import { replaceFile, stampOf } from '../node/shared/replace-file';
import { mostBytes, readSmallFile, UnreadableFile } from '../node/shared/small-file';
import { visibleLine } from '../node/shared/visible';
import { Document, newest } from '../schema';
import { isStandardInput, stdinFilename } from './options';
import { defineVerb } from './verb';

export const format = defineVerb({
  name: 'format',
  summary: 'Rewrite .nspawn and mkosi files in their canonical form',
  forms: ['PATH...', '-'],
  description: `Rewrites .nspawn and mkosi files in their canonical form: comments, order and meaning are kept. A folder is
searched for all of them; the files that were rewritten are listed. - is standard input, and the result goes to
standard output.
Exit status 0: done, 1: --check found files that are not in the canonical form, 2: wrong use or unreadable input.`,
  options: {
    check: { type: 'boolean', default: false, help: 'only list the files that are not in the canonical form' },
    'stdin-filename': stdinFilename,
  },
  run({ values, operands }, report) {
    if (operands.length === 0) throw new Error('format needs a file or folder');
    if (isStandardInput(operands)) formatStandardInput(values['stdin-filename'], values.check);
    else for (const operand of operands) report.attempt(operand, true, () => formatPath(operand, values.check, report));
  },
});

function formatStandardInput(named: string | undefined, checkOnly: boolean): void {
  const input = standardInput(named),
    formatted = formattedText(input.path, input.family, input);
  if (!checkOnly) process.stdout.write(formatted);
  else if (formatted !== input.text) listUnformatted(input.path);
}

/** A file, or all files of ours in a folder. A failure affects only one file. */
function formatPath(operand: string, checkOnly: boolean, report: ExitReport): void {
  const files = filesAt(operand, report);
  if (files.length === 0) return;
  const within = statSync(operand).isDirectory() ? operand : path.dirname(operand);
  for (const { path: file, family, named } of files)
    report.attempt(file, named, () => {
      formatFile(file, family, { checkOnly, within }, report);
    });
}

/** @param within the folder that was named: no link leads out of it */
function formatFile(file: string, family: Family, { checkOnly, within }: { checkOnly: boolean; within: string }, report: ExitReport): void {
  const was = stampOf(patiently(file, () => statSync(file, { bigint: true })));
  const decoded = decode(readSmallFile(file, mostBytes.configuration)),
    formatted = formattedText(file, family, decoded);
  if (formatted === decoded.text) return;
  if (checkOnly) {
    listUnformatted(file);
    return;
  }
  const note = replaceFile(file, formatted, { within, was });
  process.stdout.write(`${visibleLine(file)}\n`);
  if (note !== undefined) report.note(file, note);
}

function listUnformatted(file: string): void {
  process.stdout.write(`${visibleLine(file)}\n`);
  process.exitCode ??= 1;
}

/** The text in its canonical form. @throws UnreadableFile for what could not be written back */
function formattedText(file: string, family: Family, { text, undecodable }: Decoded): string {
  if (undecodable.length > 0) throw new UnreadableFile(file, 'failed', 'This file is not valid UTF-8; nothing was changed in it.');
  const document = Document.of(pathToFileURL(file).href, family, text, newest);
  return TextDocument.applyEdits(document.text, formatting(document));
}
