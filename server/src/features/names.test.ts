import assert from 'node:assert/strict';
import type { Range } from 'vscode-languageserver-types';
import { completion, definition, prepareRename, references, rename, workspaceSymbols } from './index';
import { after, at, covered, fakeWorld, open } from './testing/marked';

const other = open('[Network]\nZone=lab\nPort=8080:81\n', { uri: 'file:///etc/systemd/nspawn/db.nspawn' });
const third = open('[Network]\nBridge=lab\nZone=other\n', { uri: 'file:///etc/systemd/nspawn/app.nspawn' });
const web = (marked: string) => at(marked, { uri: 'file:///work/web.nspawn' });

describe('names across files', () => {
  const world = fakeWorld({ documents: [other, third] });

  it('finds the uses of a zone and of a port, and not what only has the same name', () => {
    const zone = web('[Network]\nZone=la|b\n');
    assert.deepEqual(
      references(zone.document, zone.position, world).map((l) => l.uri),
      ['file:///work/web.nspawn', other.uri],
    );
    const port = web('[Network]\nPort=tcp:80|80:80\nPort=udp:8080:80\n');
    assert.deepEqual(
      references(port.document, port.position, world).map((l) => `${l.uri} ${l.range.start.line}`),
      ['file:///work/web.nspawn 1', `${other.uri} 2`],
    );
    assert.equal(definition(zone.document, zone.position, world)?.uri, other.uri);
  });

  it('leads from a bridge to the file of systemd-networkd that makes it, else to one that uses it', () => {
    const { document, position } = web('[Network]\nBridge=br|0\n');
    const files = {
      '/etc/systemd/network/20-up.network': '[Match]\nName=eth0\n[Network]\nBridge=br0\n',
      '/etc/systemd/network/30-bond.netdev': '[NetDev]\nName=br0\nKind=bond\n',
      '/run/systemd/network/10-br.netdev': '# ours\n[NetDev]\nKind=bridge\nName = br0\n',
      '/usr/lib/systemd/network/10-br.netdev': '[NetDev]\nKind=bridge\nName=hidden\n',
    };
    const made = fakeWorld({ files }),
      up = '/etc/systemd/network/20-up.network';
    assert.deepEqual(definition(document, position, made), {
      uri: 'file:///run/systemd/network/10-br.netdev',
      range: { start: { line: 3, character: 7 }, end: { line: 3, character: 10 } },
    });
    assert.equal(definition(document, position, fakeWorld({ files: { [up]: files[up] } }))?.uri, `file://${up}`);
    assert.deepEqual(
      completion(document, position, made).map((i) => [i.label, i.detail]),
      [['br0', 'bridge of systemd-networkd']],
    );
  });

  it('counts a file of the world once', () => {
    const { document, position } = web('[Network]\nZone=la|b\n');
    assert.equal(
      references(document, position, fakeWorld({ documents: [open('[Network]\nZone=lab\n', { uri: document.uri })] })).length,
      1,
    );
  });

  it('renames in all files', () => {
    const { document, position } = web('[Network]\nZone=la|b\nBridge=lab\n');
    assert.equal(covered(document, prepareRename(document, position, world) as Range), 'lab');
    const edit = rename(document, position, 'dev', world);
    assert.ok(typeof edit === 'object');
    assert.equal(after(document, edit), '[Network]\nZone=dev\nBridge=lab\n');
    assert.equal(after(other, edit), '[Network]\nZone=dev\nPort=8080:81\n');
    assert.equal(after(third, edit), third.text.getText());
  });

  it('takes no name that nspawn would not take', () => {
    const { document, position } = web('[Network]\nZone=la|b\n');
    assert.match(JSON.stringify(rename(document, position, 'a-zone-too-long', world)), /12 characters/);
    assert.match(JSON.stringify(rename(document, position, '', world)), /no blanks/);
    const port = web('[Network]\nPort=80|80\n');
    assert.match(JSON.stringify(rename(port.document, port.position, '99999', world)), /1 to 65535/);
    assert.equal(prepareRename(document, { line: 0, character: 1 }, world), undefined);
  });

  it('lists machines and names for a search', () => {
    assert.deepEqual(
      workspaceSymbols(world, 'lb').map((s) => [s.name, s.containerName]),
      [
        ['lab', 'zone of db'],
        ['lab', 'bridge of app'],
      ],
    );
    assert.deepEqual(
      workspaceSymbols(world, 'DB').map((s) => s.name),
      ['db'],
    );
  });
});
