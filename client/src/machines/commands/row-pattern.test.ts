import assert from 'node:assert/strict';
import { commands, type Machine } from '../../host';
import { fakeVscode, standIn } from '../../ui/testing/vscode';
import { rowPattern } from './row-pattern';

describe('rows in menus', () => {
  const { api } = fakeVscode();
  let rows: typeof import('../views/machine-row') & typeof import('../views/image-row');
  let applies: typeof import('../../host')['applies'];
  before(async () => {
    const end = standIn(api);
    rows = { ...(await import('../views/machine-row')), ...(await import('../views/image-row')) };
    ({ applies } = await import('../../host'));
    end();
  });

  const states = ['running', 'starting', 'stopping', 'failed', 'stopped'] as const;
  const types = [undefined, 'directory', 'subvolume', 'raw', 'block', 'mstack'];
  const machinesOfEveryKind: readonly Machine[] = states.flatMap((state) =>
    types.flatMap((type) =>
      ['container', 'vm'].flatMap((kind) =>
        [true, false].map((flag): Machine => {
          const image = type === undefined ? {} : { image: { name: 'web', type, readOnly: flag, hidden: false } };
          return { name: 'web', class: kind, state, addresses: [], autostart: flag, ...image };
        }),
      ),
    ),
  );

  it('have a command exactly where it applies to the machine', () => {
    for (const spec of Object.values(commands).filter(({ needs }) => needs !== 'nothing')) {
      for (const machine of machinesOfEveryKind) {
        const value = String(rows.machineRow(machine).contextValue);
        assert.equal(new RegExp(rowPattern('machines', spec)).test(value), applies(spec, machine), `${spec.id} on ${value}`);
      }
    }
  });

  it('have a command exactly where it applies to the image, in the view Images', () => {
    for (const spec of Object.values(commands).filter(({ names }) => names === 'image')) {
      for (const machine of machinesOfEveryKind.filter(({ image, state }) => image && (state === 'running' || state === 'stopped'))) {
        assert.ok(machine.image);
        const value = String(rows.imageRow(machine.image, machine.state === 'running').contextValue);
        assert.equal(new RegExp(rowPattern('images', spec)).test(value), applies(spec, machine), `${spec.id} on ${value}`);
      }
    }
  });

  it('ask for flags, and have buttons only on machines that are neither starting nor stopping', () => {
    const of =
      (...args: Parameters<typeof rowPattern>) =>
      (value: string) =>
        new RegExp(rowPattern(...args)).test(value);
    const disable = of('machines', { needs: 'known' }, 'autostart'),
      enable = of('machines', { needs: 'image' }, '!autostart');
    const on = 'machine;stopped;container;image;raw;autostart;',
      off = 'machine;stopped;container;image;raw;';
    assert.deepEqual([disable(on), disable(off), enable(on), enable(off)], [true, false, false, true]);
    const button = of('machines', { needs: 'running' }, undefined, true);
    assert.deepEqual([button('machine;running;vm;'), button('machine;starting;vm;')], [true, false]);
  });
});
