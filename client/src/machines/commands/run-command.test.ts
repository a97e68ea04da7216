import assert from 'node:assert/strict';
import { fakeVscode, standIn } from '../../ui/testing/vscode';
import { fakeCommand, fakeSession, machine } from '../testing/fake-session';

describe('running a command', () => {
  const vscode = fakeVscode();
  let end: () => void;
  let run: typeof import('./run-command')['runCommand'];
  before(async () => {
    end = standIn(vscode.api);
    run = (await import('./run-command')).runCommand;
  });
  after(() => end());
  const web = { name: 'web' };

  it('stops before any question when this systemd does not have it', async () => {
    const session = fakeSession([machine('web', 'running')]);
    const command = fakeCommand({ since: 261 }, { precheck: () => assert.fail('was asked') });
    await assert.rejects(run(session, command, web), /needs systemd 261; far has 257/);
  });

  it('runs nothing when the user gives up at an option, or an option is wrong', async () => {
    const session = fakeSession([machine('web', 'running'), machine('db', 'running')]);
    const asked: string[] = [];
    const givesUp = fakeCommand({}, { prepare: (names) => (asked.push(...names), Promise.resolve(undefined)) });
    assert.deepEqual(await run(session, givesUp, web, [web, { name: 'db' }]), []);
    assert.deepEqual(asked, ['web'], 'no question about the second');
    const wrong = fakeCommand(
      {},
      {
        prepare: () =>
          Promise.resolve({ argv: () => assert.fail('wrong'), rights: () => 'anyone', newName: undefined, paths: {}, args: {} }),
      },
    );
    await assert.rejects(run(session, wrong, web), /wrong/);
    assert.deepEqual(session.calls, []);
  });
});
