import assert from 'node:assert/strict';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Loaded from its folder, because generators find their files next to themselves. */
const load = async () => (await import(pathToFileURL(path.resolve('tools/generate.mjs')).href)) as typeof import('../tools/generate.mjs');

describe('generated files', () => {
  it('are what npm run generate writes', async () => {
    const { staleFiles } = await load();
    const stale = await staleFiles();
    assert.deepEqual(stale, [], `${stale.join(', ')}: run \`npm run generate\`. Edit what it is generated from, not these files.`);
  });
});
