import assert from 'node:assert/strict';
import { fakeVscode, standIn } from '../../ui/testing/vscode';
import { fakeCommand, fakeSession, machine } from '../testing/fake-session';
import type { FailedCall } from './report-failure';

describe('the report of a failure', () => {
  let press: string | undefined;
  const vscode = fakeVscode(([name]) => (name === 'showErrorMessage' ? press : undefined));
  let end: () => void;
  let report: typeof import('./report-failure')['reportFailure'];
  before(async () => {
    end = standIn(vscode.api);
    report = (await import('./report-failure')).reportFailure;
  });
  after(() => end());
  beforeEach(() => {
    vscode.calls.length = 0;
    press = undefined;
  });
  const failed = (more: Partial<FailedCall> = {}): FailedCall => ({
    names: ['web'],
    invocation: { argv: () => [], rights: () => 'polkit', newName: undefined, paths: {}, args: { options: { a: 1 } } },
    status: 1,
    taken: undefined,
    elevation: 'auto',
    rights: 'polkit',
    ...more,
  });
  const [running, down] = [machine('web', 'running', { leader: 7 }), machine('web', 'failed')];
  /** The text and the buttons. */
  const shown = () => (vscode.calls.find(([name]) => name === 'showErrorMessage') ?? []).slice(1);
  const settled = () => new Promise(setImmediate);

  it('has the reason that the command itself knows, and the next steps', async () => {
    await report(fakeSession([down]), fakeCommand({ explain: () => 'It is Monday.' }), failed());
    assert.deepEqual(shown(), [
      'Try web (far) failed (exit status 1); see its terminal. It is Monday.',
      'Why Did It Fail?',
      'Show polkit Rule',
    ]);
  });

  it('asks the host only for facts that the command says matter', async () => {
    const plain = fakeSession([running]),
      asking = fakeSession([running]);
    await report(plain, fakeCommand(), failed());
    await report(asking, fakeCommand({ needsHostUsers: true, usesBtrfs: true }), failed());
    assert.deepEqual(plain.calls, []);
    assert.deepEqual(asking.calls, ['cat /proc/7/uid_map', 'stat --file-system --format=%T -- /var/lib/machines']);
  });

  it('says which path is missing', async () => {
    const { invocation } = failed();
    await report(fakeSession([running]), fakeCommand(), failed({ invocation: { ...invocation, paths: { source: '/a' } } }));
    assert.match(String(shown()[0]), /\/a does not exist/);
  });

  it('does the same again, with force where that helps', async () => {
    const session = fakeSession([running]),
      { invocation } = failed();
    press = 'Overwrite';
    const args = { options: { force: true } };
    await report(session, fakeCommand(), failed({ invocation: { ...invocation, retryWithForce: { button: 'Overwrite', args } } }));
    await settled();
    const [again] = vscode.calls.filter(([name]) => name === 'executeCommand');
    assert.deepEqual(again?.slice(1), ['nspawn.try', session.row('web'), [session.row('web')], { ...args, hostId: 'ssh:far' }]);
  });

  it('is about the connection when that was lost, and offers to reconnect', async () => {
    const session = fakeSession([running]);
    await report(session, fakeCommand({ usesBtrfs: true }), failed({ status: 255 }));
    assert.match(String(shown()[0]), /The connection to far was lost/);
    assert.deepEqual([shown().slice(1), session.calls], [['Reconnect'], []]);
  });
});
