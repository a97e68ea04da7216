import assert from 'node:assert/strict';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { completion, hover } from '../server/src/features';
import { at } from '../server/src/features/testing/marked';
import { nspawn as current, type Document, Schema, type SchemaVersion } from '../server/src/schema';
import pages from '../server/src/schema/nspawn.md';
import type { NspawnFacts } from '../tools/schema/nspawn.mjs';

/** Loaded from its folder, because it finds the facts next to itself. */
const tool = (name: string): Promise<unknown> => import(pathToFileURL(path.resolve(`tools/schema/${name}.mjs`)).href);
const records = (): Promise<typeof import('../tools/schema/records.mjs')> => tool('records') as never;
const nspawn = (): Promise<typeof import('../tools/schema/nspawn.mjs')> => tool('nspawn') as never;
const migration = (): Promise<typeof import('../tools/schema/migration.mjs')> => tool('migration') as never;

const setting = {
  name: 'GuestAgent',
  section: 'Exec',
  since: 263,
  value: { type: 'enum', words: ['auto', 'off'] },
  repeat: 'replace',
  reset: true,
  default: 'off',
  cli: ['--guest-agent='],
};
const option = { names: ['--guest-agent'], argument: 'required', since: 263, settings: ['GuestAgent'] };
const section = '\n### GuestAgent=\n\nStarts an agent in the machine.\n\n- `auto`: start it when the image has one\n- `off`: start none\n';

/** The facts as they would be with one more release, setting and option. */
async function nextFacts(change: Partial<typeof setting> = {}): Promise<NspawnFacts> {
  const facts = (await records()).readFacts('nspawn');
  return { ...facts, newest: 263, settings: [...facts.settings, { ...setting, ...change }], options: [...facts.options, option] };
}

/** A document as another schema reads it. */
const readBy = (document: Document, edition: SchemaVersion): Document =>
  Object.create(document, { edition: { value: edition } }) as Document;

describe('a setting of a new release', () => {
  it('is offered and explained from one fact and one section of documentation', async () => {
    const { nspawnSchema } = await nspawn();
    const schema = new Schema(nspawnSchema(await nextFacts()), pages.replace('\n## [Files]', `${section}\n## [Files]`), current.reader);
    const offered = (marked: string, version: number): string[] => {
      const { document, position } = at(marked);
      return completion(readBy(document, schema.at(version)), position).map((item) => item.label);
    };
    assert.ok(offered('[Exec]\n|', 263).includes('GuestAgent'));
    assert.ok(!offered('[Exec]\n|', 262).includes('GuestAgent'));
    assert.ok(!offered('[Files]\n|', 263).includes('GuestAgent'));
    assert.deepEqual(offered('[Exec]\nGuestAgent=|', 263).toSorted(), ['auto', 'off']);
    const { document, position } = at('[Exec]\nGuest|Agent=auto\n');
    assert.match(
      JSON.stringify(hover(readBy(document, schema.at(263)), position)),
      /Starts an agent.*--guest-agent.*since systemd-nspawn 263/,
    );
  });
});

describe('facts', () => {
  it('may not have a field that nothing reads', async () => {
    const { nspawnSchema } = await nspawn();
    const facts = await nextFacts({ sicne: 263 } as never);
    assert.throws(() => nspawnSchema(facts), /^Error: GuestAgent: unknown field "sicne"/);
  });

  it('name options that exist, and the other way round', async () => {
    const { nspawnSchema } = await nspawn();
    const facts = await nextFacts({ cli: ['--agent='] });
    assert.throws(() => nspawnSchema(facts), /GuestAgent= names the option --agent, which is not in "options"/);
    const stray = { ...facts, settings: facts.settings.filter((each) => each.name !== 'GuestAgent') };
    assert.throws(() => nspawnSchema(stray), /the option --guest-agent names GuestAgent=, which is not in "settings"/);
  });

  it('say once what became of an old setting, and single values come first', async () => {
    const { mkosiMigrations } = await migration();
    const move = (...legacy: { from: string; to?: string; lost?: string }[]): unknown =>
      mkosiMigrations({ legacy, modern: [], files: [] }).legacy;
    assert.deepEqual(move({ from: 'B', to: 'C' }, { from: 'A', lost: 'gone' }, { from: 'A=x=y', to: 'D=z' }), [
      { name: 'A', value: 'x=y', to: 'D', as: 'z' },
      { name: 'A', lost: 'gone' },
      { name: 'B', to: 'C' },
    ]);
    assert.throws(() => move({ from: 'A=x' }, { from: 'A=x' }), /two migrations are from A=x/);
  });
});
