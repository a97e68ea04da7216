import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

describe('generated files', () => {
  it('are what npm run generate writes', async () => {
    // Not bundled: it finds its generators and the repository from where it is.
    const { staleFiles } = (await import(pathToFileURL(path.resolve('tools/generate.mjs')).href)) as typeof import('../tools/generate.mjs');
    assert.deepEqual(await staleFiles(), [], 'These files are stale: run `npm run generate`');
  });
});
