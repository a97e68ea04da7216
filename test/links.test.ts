import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The targets of the relative links and pictures in a Markdown text, without their anchors. */
const targets = (text: string): string[] =>
  [...text.replace(/^```.*?^```$/gms, '').matchAll(/\]\((?![a-z]+:)([^)#\s]+)[^)]*\)/g)].map(([, target = '']) => target);

describe('documents for people', () => {
  for (const file of execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).trim().split('\n')) {
    const found = existsSync(file) ? targets(readFileSync(file, 'utf8')) : [];
    if (found.length === 0) continue;
    it(`link to files that exist: ${file}`, () => {
      for (const target of found)
        assert.ok(existsSync(path.join(path.dirname(file), target)), `${file} links to ${target}, which does not exist`);
    });
  }
});
