import assert from 'node:assert/strict';
import { ask, does, images, succeeds, tidy } from './systemd';

const limitOf = (name: string): string => ask('machinectl', 'show-image', '-p', 'Limit', '--value', name).trim();

/** For a host whose /var/lib/machines is a btrfs. */
describe('in VS Code, limits on btrfs', () => {
  afterEach(tidy);

  it('are for subvolumes, once all images together have one', async () => {
    assert.equal(images().find((i) => i.name === 'db')?.type, 'subvolume');
    assert.deepEqual(await succeeds('setPoolLimit', [], { limit: '2G' }), ['machinectl', 'set-limit', '--', '2G']);
    await succeeds('setLimit', 'db', { limit: '500M' });
    assert.equal(limitOf('db'), String(500 * 2 ** 20));
    await succeeds('setLimit', 'db', { limit: '-' });
    assert.equal(limitOf('db'), 'infinity');
  });

  it('cannot be set for what is no subvolume', async () => {
    const [ran] = await does('setLimit', 'disk', { limit: '1G' });
    assert.notEqual(ran?.status ?? 0, 0);
  });

  it('do not keep a clone from being a snapshot', async () => {
    await succeeds('clone', 'db', { newName: 'snapshot' });
    assert.equal(images().find((i) => i.name === 'snapshot')?.type, 'subvolume');
    await succeeds('remove', 'snapshot');
  });
});
