import assert from 'node:assert/strict';
import { fakeVscode, standIn } from '../../ui/testing/vscode';
import type { TerminalRequest } from '../terminal';
import { fakeCommand, fakeSession, machine } from '../testing/fake-session';
import type { Invocation } from './machine-command';

describe('a command in a terminal', () => {
  const vscode = fakeVscode();
  const api = { ...vscode.api, workspace: { getConfiguration: () => ({ get: (_: string, value: unknown) => value }) } };
  let end: () => void;
  let start: typeof import('./start-in-terminal')['startInTerminal'];
  before(async () => {
    end = standIn(api);
    start = (await import('./start-in-terminal')).startInTerminal;
  });
  after(() => end());
  beforeEach(() => {
    vscode.calls.length = 0;
  });
  const invocation = (more: Partial<Invocation> = {}): Invocation => ({
    argv: () => ['true', 'web'],
    rights: () => 'anyone',
    newName: undefined,
    paths: {},
    args: {},
    ...more,
  });
  const call = { names: ['web'], invocation: invocation() };
  const shown = (): readonly unknown[] => vscode.calls.filter(([name]) => name === 'showErrorMessage').map(([, text]) => text);

  it('has the title of the command and the argv for its host, and is followed by a look at what changed', async () => {
    const session = fakeSession([machine('web', 'running')]);
    const requests: TerminalRequest[] = [];
    const done: string[] = [];
    const command = fakeCommand({}, { after: (names) => done.push(...names) });
    const status = await start(session, command, call, 257, (request) => {
      requests.push(request);
      return Promise.resolve(0);
    });
    assert.equal(status, 0);
    assert.deepEqual([requests[0]?.title, requests[0]?.argv], ['Try web (far)', ['ssh', 'far', '--', 'true', 'web']]);
    assert.deepEqual([session.calls, done, shown()], [['settle web'], ['web'], []]);
  });

  it('is reported when it fails, not when its terminal was closed or a signal ended a shell', async () => {
    const session = fakeSession([machine('web', 'running')]);
    await start(session, fakeCommand(), call, 257, () => Promise.resolve(undefined));
    await start(session, fakeCommand({ interactive: true }), call, 257, () => Promise.resolve(130));
    assert.deepEqual(shown(), []);
    await start(session, fakeCommand(), call, 257, () => Promise.resolve(1));
    assert.match(String(shown()[0]), /^Try web \(far\) failed \(exit status 1\)/);
  });

  it('is not reported when the transfer that it started has failed: that was reported already', async () => {
    const session = fakeSession([]);
    const importing = fakeCommand({ transfer: 'import-tar' });
    const ending = (transfer: object) => () => {
      session.end(transfer, 'failed');
      return Promise.resolve(1);
    };
    const named = { names: [], invocation: invocation({ newName: 'new' }) };
    await start(session, importing, named, 257, ending({ type: 'import-tar', local: 'new' }));
    assert.deepEqual(shown(), []);
    await start(session, importing, named, 257, ending({ type: 'import-tar', local: 'another' }));
    assert.equal(shown().length, 1);
  });

  it('is ended when its transfer was lost, and looked for when the connection was', async () => {
    const session = fakeSession([]);
    let ended = false;
    await start(
      session,
      fakeCommand({ transfer: 'import-tar' }),
      { names: [], invocation: invocation({ newName: 'new' }) },
      257,
      ({ isInVain }) => {
        isInVain?.(() => (ended = true));
        session.end({ type: 'import-tar', local: 'new' }, 'lost');
        return Promise.resolve(255);
      },
    );
    assert.equal(ended, true);
    assert.deepEqual(session.calls, ['loseSight']);
  });
});
