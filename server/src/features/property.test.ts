import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type CodeAction, type TextEdit } from 'vscode-languageserver-types';
import type { LintInput } from '../rules';
import type { Document } from '../schema';
import { parse } from '../syntax';
import { editsOf } from './fixes';
import { meant } from './format';
import {
  completion,
  definition,
  diagnostics,
  documentSymbols,
  enter,
  fixAll,
  fixes,
  folding,
  formatting,
  highlights,
  hover,
  inlayHints,
  links,
  prepareRename,
  refactorings,
  references,
  rename,
  resolved,
  selection,
  severityOf,
  shown,
  signature,
  tokenEdits,
  tokens,
  workspaceSymbols,
} from './index';
import { documentOf, edits, families, patience, placed, places, runs, samplesOf } from './testing/documents';
import { Inside } from './testing/inside';
import { applied, fakeWorld, open } from './testing/marked';

const caseOf = (document: Document): LintInput => ({ document, launch: 'unit', trusted: true });
const changesOf = ({ edit }: CodeAction): readonly TextEdit[] => Object.values(edit?.changes ?? {}).flat();

const world = fakeWorld({
  paths: ['/srv/data/', '/etc/passwd'],
  documents: [open('[Network]\nZone=lab\nPort=8080\n', { uri: 'file:///b.nspawn' })],
  users: () => ['lena'],
  interfaces: () => [{ name: 'br0', bridge: true }],
});
const elsewhere = fakeWorld({});

/** What every feature says about a document, at two places of it. */
function answers(document: Document, from: number, to: number) {
  const { text } = document,
    position = text.positionAt(from),
    range = { start: position, end: text.positionAt(to) };
  const all = fixAll(caseOf(document));
  return {
    completion: completion(document, position, world),
    hover: hover(document, position),
    signature: signature(document, position),
    diagnostics: diagnostics(caseOf(document)),
    format: formatting(document),
    rangeFormat: formatting(document, range),
    actions: [...fixes(caseOf(document), range), ...refactorings(document, range), ...(all === undefined ? [] : [all])],
    enter: enter(document, position),
    folding: folding(document).map((f) => [
      { line: f.startLine, character: 0 },
      { line: f.endLine, character: 0 },
    ]),
    symbols: documentSymbols(document),
    highlights: highlights(document, position),
    links: links(document, world),
    selection: selection(document, [position]),
    definition: definition(document, position, elsewhere),
    references: references(document, position, elsewhere),
    prepareRename: prepareRename(document, position, elsewhere),
    rename: rename(document, position, 'x', elsewhere),
    inlay: inlayHints(document, range),
    workspaceSymbols: workspaceSymbols(fakeWorld({ documents: [document] }), ''),
    tokens: tokens(document),
    rangeTokens: tokens(document, range),
  };
}

/** Two places of a text, in order. */
const between = (length: number, a: number, b: number): readonly [number, number] => {
  const x = a % (length + 1),
    y = b % (length + 1);
  return x <= y ? [x, y] : [y, x];
};

for (const family of families) {
  const samples = samplesOf(family);

  describe(`every feature on every document of ${family}`, function () {
    this.timeout(patience);

    it('throws nothing, and answers inside the document', () => {
      fc.assert(
        fc.property(samples, places, places, (sample, a, b) => {
          const document = documentOf(sample),
            inside = new Inside(document);
          const { tokens: all, rangeTokens, ...others } = answers(document, ...between(document.text.getText().length, a, b));
          for (const [name, answer] of Object.entries(others)) inside.assert(name, answer);
          const [item] = others.completion;
          inside.assert('resolved', item === undefined ? undefined : resolved(item));
          for (const action of others.actions) inside.assertApplicable(action.title, changesOf(action));
          inside.assertApplicable('format', others.format);
          inside.assertTokens(all);
          inside.assertTokens(rangeTokens);
        }),
        { numRuns: runs },
      );
    });

    it('nests the steps of a selection around the cursor', () => {
      fc.assert(
        fc.property(samples, places, (sample, place) => {
          const document = documentOf(sample),
            { text } = document,
            position = text.positionAt(place % (text.getText().length + 1));
          let inner = { start: position, end: position };
          for (let step = selection(document, [position])[0]; step !== undefined; step = step.parent) {
            assert.ok(
              text.offsetAt(step.range.start) <= text.offsetAt(inner.start) && text.offsetAt(inner.end) <= text.offsetAt(step.range.end),
            );
            inner = step.range;
          }
        }),
        { numRuns: runs },
      );
    });

    it('answers after edits as if it had read the text from scratch', () => {
      fc.assert(
        fc.property(samples, fc.array(edits, { minLength: 1, maxLength: 3 }), places, places, (sample, changes, a, b) => {
          let document = documentOf(sample);
          for (const change of changes) {
            const { text } = document,
              { start, end } = placed(change, text.getText().length);
            const before = tokens(document),
              range = { start: text.positionAt(start), end: text.positionAt(end) };
            // Only what was answered before can be out of date.
            diagnostics(caseOf(document));
            const next = TextDocument.update(
              TextDocument.create(document.uri, document.format.kind, 0, text.getText()),
              [{ range, text: change.put }],
              1,
            );
            document = document.edited(next, {
              start: text.offsetAt(range.start),
              end: text.offsetAt(range.end),
              newLength: change.put.length,
            });
            assert.deepEqual(withEdits(before, tokenEdits(before, tokens(document))), tokens(document));
          }
          const length = document.text.getText().length,
            spots = between(length, a, b);
          assert.deepEqual(
            answers(document, ...spots),
            answers(documentOf({ ...sample, undecodable: [] }, document.text.getText()), ...spots),
          );
        }),
        { numRuns: Math.ceil(runs / 4) },
      ); // the tree alone is compared on all of them, beside the parser
    });
  });

  describe(`formatting every document of ${family}`, function () {
    this.timeout(patience);

    const meaning = (document: Document): unknown => [...document.tree].flatMap(({ line }) => meant(line));
    const formatted = (document: Document): string => applied(document, formatting(document));

    it('keeps what the tool reads, and leaves nothing to do for a second time', () => {
      fc.assert(
        fc.property(samples, (sample) => {
          const document = documentOf(sample),
            once = documentOf(sample, formatted(document));
          assert.deepEqual(meaning(once), meaning(document));
          assert.equal(formatted(once), once.text.getText());
        }),
        { numRuns: runs },
      );
    });

    it('keeps what the tool reads when it formats a part', () => {
      fc.assert(
        fc.property(samples, places, places, (sample, a, b) => {
          const document = documentOf(sample),
            [from, to] = between(document.text.lineCount - 1, a, b);
          const part = formatting(document, { start: { line: from, character: 0 }, end: { line: to, character: 1 << 20 } });
          assert.deepEqual(
            [...parse(applied(document, part), document.tree.dialect)].flatMap(({ line }) => meant(line)),
            meaning(document),
          );
        }),
        { numRuns: runs },
      );
    });
  });

  describe(`every fix in every document of ${family}`, function () {
    this.timeout(patience);

    /** Lines that the tool skipped come to life; what was wrong in them all the time shows only then. */
    const revive: readonly string[] = ['unknown-setting', 'unknown-section', 'outside-section', 'broken-header', 'wrong-section'];
    type Found = ReturnType<typeof shown>;
    // mkosi ends at the first thing that it refuses, and says nothing of what comes behind.
    const reveals = ({ finding }: Found[number]): boolean =>
      revive.includes(finding.rule) || (family === 'mkosi' && finding.verdict === 'refused');
    const same = (list: Found, { finding }: Found[number]): number =>
      list.filter((s) => s.finding.rule === finding.rule && s.finding.message === finding.message).length;
    const errors = (list: Found): string[] => list.filter((s) => s.severity === severityOf.refused).map((s) => s.finding.message);

    it('removes its diagnostic and adds no error', () => {
      fc.assert(
        fc.property(samples, (sample) => {
          const document = documentOf(sample),
            before = shown(caseOf(document)),
            all = fixAll(caseOf(document));
          if (all !== undefined && !before.some(reveals)) {
            const after = shown(caseOf(documentOf(sample, applied(document, changesOf(all)))));
            assert.ok(errors(after).length <= errors(before).length, `all fixes bring ${errors(after).join('; ')}`);
          }
          for (const found of before) {
            for (const fix of found.finding.fixes ?? []) {
              const after = shown(caseOf(documentOf(sample, applied(document, editsOf(document, fix)))));
              const what = `${found.finding.rule} (${found.finding.message}), ${fix.title}`;
              assert.ok(same(after, found) < same(before, found), `${what} leaves it`);
              assert.ok(reveals(found) || errors(after).length <= errors(before).length, `${what} brings ${errors(after).join('; ')}`);
            }
          }
        }),
        { numRuns: runs },
      );
    });

    it('is not needed on a line that is told to be ignored, and nothing new is said', () => {
      fc.assert(
        fc.property(samples, places, (sample, place) => {
          const document = documentOf(sample),
            before = shown(caseOf(document)),
            found = before[place % (before.length || 1)];
          if (found === undefined) return;
          const { text } = document,
            range = { start: text.positionAt(found.finding.start), end: text.positionAt(found.finding.end) };
          const silence = fixes(caseOf(document), range).find((a) => a.title === `Silence ${found.finding.rule} on this line`);
          assert.ok(silence);
          const after = shown(caseOf(documentOf(sample, applied(document, changesOf(silence)))));
          assert.ok(same(after, found) < same(before, found), `${found.finding.rule} is still there`);
          assert.ok(errors(after).length <= errors(before).length, errors(after).join('; '));
        }),
        { numRuns: Math.ceil(runs / 2) },
      );
    });
  });
}

/** Tokens after the edits that an editor is sent. */
function withEdits(before: readonly number[], changes: ReturnType<typeof tokenEdits>): number[] {
  const data = [...before];
  for (const { start, deleteCount, data: put = [] } of [...changes].sort((a, b) => b.start - a.start))
    data.splice(start, deleteCount, ...put);
  return data;
}
