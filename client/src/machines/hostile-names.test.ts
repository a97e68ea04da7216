import assert from 'node:assert/strict';
import type { Image, Machine } from '../host';
import { assertInert, assertUnlinked, hostile } from '../ui/testing/hostile';
import { fakeVscode, standIn, textsIn } from '../ui/testing/vscode';
import type { CommandContext, MachineCommand } from './commands/machine-command';

const image = (name: string): Image => ({ name, type: name, path: `/var/lib/machines/${name}`, readOnly: true, hidden: true, usage: 1 });
const machine = (name: string): Machine =>
  ({
    name,
    class: name,
    state: 'failed',
    failure: name,
    unit: name,
    rootDirectory: name,
    addresses: [{ address: name }],
    os: { prettyName: name },
    image: image(name),
    settings: { path: name, trusted: false },
  }) as unknown as Machine;

/** A place of the machines that has whatever it is asked for. */
const scene = {
  spec: { local: false, label: 'far', settingsFiles: () => [], systemd: () => Promise.resolve(262) },
  machine,
  pathOf: (name: string) => Promise.resolve(`/var/lib/machines/${name}`),
  hasImage: () => true,
  row: (name: string) => ({ name }),
} as unknown as CommandContext;

describe('names of machines and images that somebody else chose', () => {
  const vscode = fakeVscode();
  let end: () => void;
  let verbs: readonly MachineCommand[];
  before(async () => {
    end = standIn(vscode.api);
    verbs = [
      ...(await import('./commands/machine-commands')).machineCommands,
      ...(await import('./commands/image-commands')).imageCommands,
    ];
  });
  after(() => end());

  it('are text in rows and tooltips', async () => {
    const { machineRow, machineTooltip } = await import('./views/machine-row'),
      { imageRow, imageTooltip } = await import('./views/image-row');
    for (const [name] of hostile) {
      for (const { label, description, accessibilityInformation } of [machineRow(machine(name)), imageRow(image(name), true)]) {
        for (const text of textsIn([label, description, accessibilityInformation])) assertUnlinked(text);
      }
      for (const tooltip of [machineTooltip(machine(name)), imageTooltip(image(name))]) {
        assertInert(tooltip.value);
        for (const line of tooltip.value.split('\n'))
          assert.match(line, /^(?:\*\*)?(?:[\w -]+: )?(?:(`+)[^\n]+\1|[\w ,.:/()-]+)?(?:\*\*)?(?: {2})?$/);
      }
    }
  });

  it('are on one line and without hidden signs in every question before something is lost', async () => {
    const { confirm } = await import('../ui/notifications');
    const destroying = verbs.filter(({ spec }) => spec.destroys);
    assert.ok(destroying.length >= 4);
    for (const [name] of hostile) {
      for (const { confirmation } of destroying) {
        vscode.calls.length = 0;
        const question = await confirmation?.([name, 'other'], scene);
        assert.ok(question);
        assert.equal(
          question.detail.split('\n').length,
          (await confirmation?.(['name', 'other'], scene))?.detail.split('\n').length,
          'a name that looks like several lines',
        );
        assert.equal(await confirm(question), false);
        for (const text of textsIn(vscode.calls)) assertUnlinked(text);
      }
    }
  });

  it('are told apart there when they look alike', async () => {
    for (const { spec, confirmation } of verbs.filter(({ spec: { destroys, needs } }) => destroys && needs !== 'nothing')) {
      const asked = await Promise.all(
        ['web', 'web\u200b', '\u202eweb', 'web\u00a0', 'web\u2028'].map(async (name) => confirmation?.([name], scene)),
      );
      assert.equal(new Set(asked.map((question) => `${question?.message ?? ''}${question?.detail ?? ''}`)).size, 5, spec.id);
    }
  });

  it('are all there, however many: nothing is lost that was not named', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `machine-with-a-long-name-${i}`);
    for (const { confirmation } of verbs.filter(({ spec: { destroys, needs } }) => destroys && needs !== 'nothing')) {
      const { confirm } = await import('../ui/notifications'),
        question = await confirmation?.(names, scene);
      vscode.calls.length = 0;
      assert.ok(question);
      await confirm(question);
      const said = textsIn(vscode.calls).join('\n');
      for (const name of names) assert.ok(said.includes(name), name);
    }
  });

  it('come to commands in rows or not at all', async () => {
    const { asRow, asRows } = await import('./views/tree');
    const row = { name: 'web', hostId: 'ssh:far', heading: false };
    assert.equal(asRow(row), row, 'the same object, which a selection holds as well');
    for (const odd of [undefined, null, 'web', 3, [], {}, { name: 3 }, { name: 'web', hostId: {} }, { name: 'web', heading: 'x' }])
      assert.equal(asRow(odd), undefined);
    assert.deepEqual([asRows([row, 3]), asRows('web'), asRows(undefined)], [[row], undefined, undefined]);
  });

  it('come with no answer to a question unless it is code that gives it', async () => {
    const { asCommandArguments, isConfirmed } = await import('./commands/machine-command');
    for (const odd of [undefined, null, 'x', true]) assert.equal(asCommandArguments(odd), undefined);
    const fromLink = JSON.parse('{"confirmed":true,"options":{"force":true},"hostId":"user"}') as unknown;
    assert.deepEqual(asCommandArguments(fromLink), { options: { force: true }, hostId: 'user', confirmed: true });
    assert.equal(isConfirmed(asCommandArguments(fromLink) ?? {}), false);
    assert.deepEqual(asCommandArguments({ confirmed: 1, options: 'x', hostId: {} }), {});
    assert.deepEqual(
      [() => true, () => 'yes', () => false, {}].map((confirmed) => isConfirmed(asCommandArguments({ confirmed }) ?? {})),
      [true, false, false, false],
    );
  });
});
