import assert from 'node:assert/strict';
import type { Position, TextEdit } from 'vscode-languageserver-types';
import type { Document } from '../../schema';

/** Checks answers about one document; several answers share the table of its lines. */
export class Inside {
  private readonly lengths: readonly number[];
  private readonly seen = new Set<object>();

  constructor(private readonly document: Document) {
    const { text } = document,
      { lineCount } = text;
    this.lengths = Array.from(
      { length: lineCount },
      (_, line) => text.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } }).replace(/[\r\n]+$/, '').length,
    );
  }

  /** @throws when a position in an answer, however deep, is none of the document */
  assert(name: string, answer: unknown): void {
    if (typeof answer !== 'object' || answer === null || this.seen.has(answer)) return;
    this.seen.add(answer);
    if ('line' in answer && 'character' in answer) {
      const { line, character } = answer as Position;
      assert.ok(
        character >= 0 && character <= (this.lengths[line] ?? -1),
        `${name}: ${line}:${character} of ${JSON.stringify(this.document.text.getText())}`,
      );
    } else for (const value of Object.values(answer)) this.assert(name, value);
  }

  /** @throws when semantic tokens lie outside, are empty or in disorder */
  assertTokens(data: readonly number[]): void {
    let line = 0,
      character = 0;
    for (let i = 0; i < data.length; i += 5) {
      const [lines = 0, characters = 0, length = 0] = data.slice(i, i + 3);
      assert.ok(lines >= 0 && (lines > 0 || characters >= 0) && length > 0);
      character = lines > 0 ? characters : character + characters;
      line += lines;
      this.assert('tokens', [
        { line, character },
        { line, character: character + length },
      ]);
    }
  }

  /** @throws when edits of one answer overlap: an editor would take none of them */
  assertApplicable(name: string, edits: readonly TextEdit[]): void {
    const { text } = this.document;
    const spans = edits
      .map(({ range }) => [text.offsetAt(range.start), text.offsetAt(range.end)] as const)
      .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    for (const [i, [start]] of spans.entries())
      assert.ok(i === 0 || start >= (spans[i - 1]?.[1] ?? 0), `${name} on ${JSON.stringify(text.getText())}`);
  }
}
