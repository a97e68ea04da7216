import assert from 'node:assert/strict';
import { fakeVscode, standIn } from '../../ui/testing/vscode';
import { say } from '../../ui/text';
import { fakeCommand, fakeSession } from '../testing/fake-session';

describe('the question before a command', () => {
  let answer: string | undefined;
  const vscode = fakeVscode(() => answer);
  let end: () => void;
  let confirming: typeof import('./confirm-command');
  before(async () => {
    end = standIn(vscode.api);
    confirming = await import('./confirm-command');
  });
  after(() => end());
  beforeEach(() => {
    vscode.calls.length = 0;
    answer = undefined;
  });
  const session = fakeSession([]);
  const deleting = fakeCommand(
    { destroys: true },
    { confirmation: (names) => Promise.resolve({ message: say`Delete ${names}?`, detail: say`All of it.`, button: 'Delete' }) },
  );

  it('says what is lost and where, and only its button goes on', async () => {
    assert.equal(await confirming.confirmCommand(session, deleting, ['web'], {}), false);
    assert.match(String(vscode.calls[0]?.[1]), /^Delete web\? \(far\)$/);
    answer = 'Delete';
    assert.equal(await confirming.confirmCommand(session, deleting, ['web'], {}), true);
  });

  it('is left out when code has asked, but not when a link says so', async () => {
    assert.equal(await confirming.confirmCommand(session, deleting, ['web'], { confirmed: () => true }), true);
    assert.equal(await confirming.confirmCommand(session, deleting, ['web'], { confirmed: true }), false);
  });

  it('is demanded of every command that destroys', async () => {
    await assert.rejects(confirming.confirmCommand(session, fakeCommand({ destroys: true }), ['web'], {}), /no confirmation/);
  });

  it('says what speaks against it, and offers to go on all the same', async () => {
    const doubtful = fakeCommand({}, { precheck: () => Promise.resolve('web cannot be tried.') });
    answer = 'Try Anyway';
    assert.equal(await confirming.confirmCommand(session, doubtful, ['web'], {}), true);
    assert.deepEqual(vscode.calls[0]?.slice(1), ['web cannot be tried. (far)', 'Try Anyway']);
    answer = undefined;
    assert.equal(await confirming.confirmCommand(session, doubtful, ['web'], {}), false);
    assert.equal(await confirming.confirmCommand(session, fakeCommand(), ['web'], {}), true);
  });

  it('shows the options that a link has chosen before they run', async () => {
    const argvs = [['rm', '--', '/a b']];
    assert.equal(await confirming.confirmForeignOptions(session, argvs, { options: {} }), false);
    assert.match(JSON.stringify(vscode.calls[0]), /rm -- .*\/a b/);
    assert.equal(await confirming.confirmForeignOptions(session, argvs, { options: {}, confirmed: () => false }), true);
    assert.equal(await confirming.confirmForeignOptions(session, argvs, {}), true);
  });
});
