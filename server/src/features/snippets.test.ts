import assert from 'node:assert/strict';
import mkosi from '../../../snippets/mkosi.json';
import nspawn from '../../../snippets/nspawn.json';
import { diagnostics } from './index';
import { open } from './testing/marked';

interface Snippet {
  readonly prefix: string | readonly string[];
  readonly description: string;
  readonly body: readonly string[];
}

/** The text of a snippet as it stands when nothing is typed: defaults, and the first of several choices. */
const expanded = (body: readonly string[]): string =>
  body
    .join('\n')
    .replace(/\$\{\d+\|([^,|]*)[^|]*\|\}/g, '$1')
    .replace(/\$\{\d+:([^}]*)\}/g, '$1')
    .replace(/\$\d+/g, '');

/** The same with every choice in turn. */
function variants(body: readonly string[]): string[] {
  const text = body.join('\n'),
    choices = [...text.matchAll(/\$\{\d+\|([^|]*)\|\}/g)];
  return choices.flatMap(([whole, words = '']) => words.split(',').map((w) => expanded([text.replace(whole, w)])));
}

describe('snippets', () => {
  for (const [kind, snippets] of [
    ['nspawn', nspawn],
    ['mkosi', mkosi],
  ] as const) {
    it(`${kind}: all of them are right as they come`, () => {
      const prefixes = new Set<string>();
      for (const [name, { prefix, description, body }] of Object.entries<Snippet>(snippets)) {
        assert.ok(description.length > 10, name);
        for (const p of [prefix].flat()) {
          assert.ok(!prefixes.has(p), `${p} stands twice`);
          prefixes.add(p);
        }
        for (const text of [expanded(body), ...variants(body)]) {
          const wrong = diagnostics({ document: open(text, { kind }), launch: 'unit', trusted: true }).filter(
            (d) => (d.severity ?? 1) <= 2,
          );
          assert.deepEqual(
            wrong.map((d) => d.message),
            [],
            `${name}: ${text}`,
          );
        }
      }
    });
  }
});
