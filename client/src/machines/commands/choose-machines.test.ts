import assert from 'node:assert/strict';
import { fakeVscode, standIn } from '../../ui/testing/vscode';
import { fakeCommand, fakeSession, machine } from '../testing/fake-session';

describe('the machines a command is for', () => {
  const vscode = fakeVscode(([name, choices]) => (name === 'showQuickPick' ? choices : undefined));
  let end: () => void;
  let choose: typeof import('./choose-machines')['chooseMachines'];
  before(async () => {
    end = standIn(vscode.api);
    choose = (await import('./choose-machines')).chooseMachines;
  });
  after(() => end());
  beforeEach(() => {
    vscode.calls.length = 0;
  });
  const session = fakeSession([machine('web', 'running'), machine('db', 'stopped'), machine('x_y', 'running')]);
  const row = (name: string) => ({ name });

  it('are those of the selected rows that it applies to; the others are named', async () => {
    const rows = [row('web'), row('db')];
    assert.deepEqual(await choose(session, fakeCommand(), rows[0], rows), ['web']);
    assert.match(String(vscode.calls[0]?.[1]), /^Skipped db/);
  });

  it('are only the clicked row when it is not selected', async () => {
    assert.deepEqual(await choose(session, fakeCommand(), row('web'), [row('db')]), ['web']);
  });

  it('are picked below the title of the command when there is no row', async () => {
    assert.deepEqual(await choose(session, fakeCommand()), ['web', 'x_y']);
    const [, , options] = vscode.calls[0] ?? [];
    assert.deepEqual([(options as { title: string }).title, (options as { placeHolder: string }).placeHolder], ['Try', 'Machines to try']);
  });

  it('are none when no row fits, and the reason is shown', async () => {
    assert.equal(await choose(session, fakeCommand(), row('db')), undefined);
    assert.equal(vscode.calls[0]?.[1], 'None to try.');
    await assert.rejects(choose(session, fakeCommand(), row('not a name')), /not a name/);
  });
});
