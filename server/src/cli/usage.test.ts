import assert from 'node:assert/strict';
import { ExitReport } from '../node/exit-report';
import { usage, verbUsage } from './usage';
import { defineVerb, type Verb } from './verb';
import { verbs } from './verbs';

describe('usage text', () => {
  it('lists every form of every verb and explains every verb', () => {
    const text = usage(verbs);
    for (const { name, forms, summary } of verbs) {
      for (const form of forms) assert.ok(text.includes(`cli.js ${name} [OPTION...] ${form}\n`), `${name} ${form}`);
      assert.ok(text.includes(summary), name);
    }
  });

  it('explains every option of a verb', () => {
    for (const verb of verbs) {
      const text = verbUsage(verb, verbs);
      for (const [name, { help, value }] of Object.entries(verb.options)) {
        assert.ok(text.includes(`  --${name}${value === undefined ? ' ' : ` ${value}`}`), `${verb.name} ${name}`);
        assert.ok(text.includes(help), help);
      }
    }
  });

  it('fits into a terminal', () => {
    for (const text of [usage(verbs), ...verbs.map((verb) => verbUsage(verb, verbs))])
      for (const line of text.split('\n')) assert.ok(line.length <= 120, line);
  });
});

describe('verb of the command line', () => {
  const seen: unknown[] = [];
  const verb: Verb = defineVerb({
    name: 'try',
    summary: 'Tries',
    forms: ['PATH'],
    description: 'Tries.',
    options: {
      level: { type: 'string', default: '1', value: 'N', help: 'how much' },
      dry: { type: 'boolean', default: false, help: 'only look' },
    },
    run({ values: { level, dry }, operands, command }) {
      seen.push([level, dry, operands, command]);
    },
  });
  const run = (...args: string[]): unknown => {
    verb.run(args, new ExitReport());
    return seen.pop();
  };

  it('gets options, operands and the command after --', () => {
    assert.deepEqual(run('a', '--level', '2', '--dry'), ['2', true, ['a'], undefined]);
    assert.deepEqual(run('--', 'ls', '--help'), ['1', false, ['ls', '--help'], ['ls', '--help']]);
    assert.deepEqual(run('a', '--level=--', '--', '-x'), ['--', false, ['a', '-x'], ['-x']]);
  });

  it('refuses options that it does not have', () => {
    assert.throws(() => run('--no'), /--no/);
    assert.throws(() => run('--level'), /--level/);
  });
});
