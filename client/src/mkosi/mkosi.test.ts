import assert from 'node:assert/strict';
import { Mkosi, type MkosiEnvironment, parseRelease, Refusal } from './program';
import { argumentsFor, requestOf, taskTemplates } from './task-templates';

/** An installed mkosi that only writes down how it is run. */
function pretend(doors: Partial<MkosiEnvironment> = {}): { mkosi: Mkosi; runs: (readonly string[])[] } {
  const runs: (readonly string[])[] = [];
  const run: MkosiEnvironment['run'] = (program, args, cwd) => {
    runs.push([program, ...args, cwd]);
    return Promise.resolve({ status: 0, stdout: args.includes('--version') ? 'mkosi 25.3\n' : '{}', stderr: '' });
  };
  return { runs, mkosi: new Mkosi({ trusted: () => true, find: () => '/usr/bin/mkosi', run, ...doors }) };
}

describe('mkosi', () => {
  describe('the program', () => {
    it('is neither looked for nor run in an untrusted workspace', async () => {
      const looked: string[] = [];
      const { mkosi, runs } = pretend({
        trusted: () => false,
        find: (p) => {
          looked.push(p);
          return '/usr/bin/mkosi';
        },
      });
      assert.throws(
        () => mkosi.program(),
        (e) => e instanceof Refusal && e.reason === 'untrusted' && /Trust this workspace/.test(e.message),
      );
      await assert.rejects(mkosi.release(), Refusal);
      await assert.rejects(mkosi.summary('/project'), Refusal);
      assert.deepEqual([looked, runs], [[], []]);
    });

    it('says how to get it where it is missing', () => {
      const { mkosi } = pretend({ find: () => undefined });
      assert.throws(
        () => mkosi.program(),
        (e) => e instanceof Refusal && e.reason === 'missing' && /Install/.test(e.message),
      );
    });

    it('is asked for its release once, outside of the project', async () => {
      const { mkosi, runs } = pretend();
      assert.equal(await mkosi.release(), 25.3);
      assert.equal(await mkosi.isClone(), false);
      assert.equal((await mkosi.summary('/project')).json, true);
      assert.deepEqual(runs, [
        ['/usr/bin/mkosi', '--version', '/'],
        ['/usr/bin/mkosi', '--json', 'summary', '/project'],
      ]);
    });

    it('is not asked for JSON that it cannot write', async () => {
      const runs: (readonly string[])[] = [];
      const { mkosi } = pretend({
        run: (_, args) => {
          runs.push(args);
          return Promise.resolve({ status: 0, stdout: 'mkosi 14\n', stderr: '' });
        },
      });
      assert.equal((await mkosi.summary('/project')).json, false);
      assert.deepEqual(runs, [['--version'], ['summary']]);
    });

    it('has releases of several shapes', () => {
      assert.deepEqual(['mkosi 14', 'mkosi 25.3\n', 'mkosi 27~devel', 'mkosi v26', 'what?'].map(parseRelease), [
        14,
        25.3,
        27,
        26,
        undefined,
      ]);
    });
  });

  describe('verbs', () => {
    it('are those of the release', () => {
      const names = (release?: number): string[] => taskTemplates(release).map((o) => o.verb);
      assert.ok(names(14).includes('qemu') && names(24.3).includes('qemu'));
      assert.ok(names(25).includes('vm') && !names(25).includes('qemu') && names().includes('vm'));
    });

    it('become arguments, options first', () => {
      assert.deepEqual(argumentsFor({ verb: 'build' }), ['build']);
      assert.deepEqual(argumentsFor({ verb: 'clean', force: 2 }), ['-ff', 'clean']);
      assert.deepEqual(argumentsFor({ verb: 'shell', force: 1, profiles: ['--x', 'b'], args: ['ls', '$HOME'] }), [
        '-f',
        '--profile=--x',
        '--profile=b',
        'shell',
        'ls',
        '$HOME',
      ]);
    });

    it('of tasks.json are taken for verbs only', () => {
      assert.equal(requestOf({ verb: '--output=/etc' }), undefined);
      assert.equal(requestOf({}), undefined);
      assert.deepEqual(requestOf({ verb: 'build', force: true, profiles: ['a', 1], args: 'x' }), {
        verb: 'build',
        force: 1,
        profiles: ['a'],
        args: [],
      });
    });
  });
});
