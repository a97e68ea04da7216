import { type CodeAction, CodeActionKind, type Range, type TextEdit, type WorkspaceEdit } from 'vscode-languageserver-types';
import { familyOf } from '../families';
import type { Fix, LintInput } from '../rules';
import type { Document } from '../schema';
import { fileName, uriOf } from './context';
import { diagnosticOf, type Levels, type Shown, shown } from './diagnostics';
import { offsetsOf, rangeOf } from './lookup';
import { SpanSet } from './span-set';

/** The kind of the action that applies every fix of ours; `editor.codeActionsOnSave` takes it. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.nspawn`;

/**
 * Quick fixes for what is wrong between two positions, each of them followed by a way to silence the rule there.
 * @param moveCommand a command of the editor that moves a `.nspawn` file to a path, `(uri, path)`; without one the edit does
 */
export function fixes(here: LintInput, range: Range, chosen?: Levels, moveCommand?: string): CodeAction[] {
  const { document } = here,
    span = offsetsOf(document, range);
  const touched = shown(here, chosen).filter(({ finding: f }) => f.start <= span.end && f.end >= span.start);
  return few([...touched.flatMap((s) => quickFixes(document, s, moveCommand)), ...touched.map((s) => silence(document, s))]);
}

/** The most actions of one place, and the most characters that they come to. An editor shows them all in one list. */
const mostActions = 200,
  mostCharacters = 1 << 20;

/** The first of some actions: of those with a long text, such as a long value written in another way, only few. */
function few(actions: readonly CodeAction[]): CodeAction[] {
  let left = mostCharacters;
  return actions.slice(0, mostActions).filter(({ edit }, i) => {
    left -= Object.values(edit?.changes ?? {})
      .flat()
      .reduce((sum, { newText }) => sum + newText.length, 0);
    return i === 0 || left >= 0;
  });
}

function quickFixes(document: Document, found: Shown, moveCommand: string | undefined): CodeAction[] {
  const { fixes: answers = [], moveTo, makeExecutable } = found.finding;
  const about = { kind: CodeActionKind.QuickFix, diagnostics: [diagnosticOf(document, found)] };
  const actions: CodeAction[] = answers.map((fix) => ({
    title: fix.title,
    ...about,
    ...(answers.length === 1 ? { isPreferred: true } : {}),
    edit: {
      changes: {
        [document.uri]: editsOf(document, fix),
        ...(fix.inOtherFile && { [fix.inOtherFile.document.uri]: editsOf(fix.inOtherFile.document, fix.inOtherFile) }),
      },
    },
  }));
  if (makeExecutable !== undefined) {
    const title = executableTitle(makeExecutable);
    actions.push({ ...about, title, isPreferred: true, command: { title, command: makeExecutableCommand, arguments: [makeExecutable] } });
  }
  if (moveTo === undefined) return actions;
  const title = moveTitle(moveTo);
  return [
    ...actions,
    {
      ...about,
      title,
      ...(moveCommand === undefined || !familyOf(document).machine
        ? { edit: move(document, moveTo) }
        : { command: { title, command: moveCommand, arguments: [document.uri, moveTo] } }),
    },
  ];
}

/** The command of the server that sets the executable bit of a script; takes its absolute path. */
export const makeExecutableCommand = 'nspawn.server.makeExecutable';

/** The title of the fix that makes a script executable. */
export const executableTitle = (path: string): string => `Make ${fileName(path)} executable`;

/** The title of the fix that moves the file. */
export const moveTitle = (path: string): string => `Move the file to ${path}`;

/** Gives the file another path; an editor that may not write there reports that, and nothing is changed. */
const move = ({ uri }: Document, path: string): WorkspaceEdit => ({
  documentChanges: [{ kind: 'rename', oldUri: uri, newUri: uriOf(path), options: { overwrite: false, ignoreIfExists: false } }],
});

/** Whether an action moves a file; not every client can. */
export const movesFile = ({ edit }: CodeAction): boolean => edit?.documentChanges?.some((c) => 'kind' in c) === true;

/** A comment above the line that takes a rule's findings on it away; only as far in as all lines are, or it would be none. */
function silence(document: Document, found: Shown): CodeAction {
  const { tree, text } = document;
  const position = text.positionAt(tree.starts[tree.indexAt(found.finding.start)] ?? 0);
  return {
    title: `Silence ${found.finding.rule} on this line`,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnosticOf(document, found)],
    edit: {
      changes: {
        [document.uri]: [
          {
            range: { start: position, end: position },
            newText: `${tree.margin}# nspawn-ignore: ${found.finding.rule}\n`,
          },
        ],
      },
    },
  };
}

/** All fixes that are the only one for their finding and change only this file, as one edit; of two that overlap, the first. */
export function fixAll(here: LintInput, chosen?: Levels): CodeAction | undefined {
  const taken = new SpanSet(),
    edits: TextEdit[] = [];
  for (const { finding } of shown(here, chosen)) {
    const [fix, other] = finding.fixes ?? [];
    if (fix === undefined || other !== undefined || fix.inOtherFile !== undefined) continue;
    if (fix.edits.some((e) => taken.meets(e))) continue;
    for (const e of fix.edits) taken.add(e);
    for (const edit of editsOf(here.document, fix)) edits.push(edit);
  }
  if (edits.length === 0) return undefined;
  return { title: 'Fix all that has one answer', kind: fixAllKind, edit: { changes: { [here.document.uri]: edits } } };
}

export const editsOf = (document: Document, fix: Pick<Fix, 'edits'>): TextEdit[] =>
  fix.edits.map((e) => ({ range: rangeOf(document, e), newText: e.text }));
