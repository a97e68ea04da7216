import assert from 'node:assert/strict';
import { type CompletionItem, TextEdit } from 'vscode-languageserver-types';
import type { FeatureContext } from './index';
import { completion, resolved } from './index';
import { applied, at, fakeWorld, type How, open } from './testing/marked';

const mkosi: How = { kind: 'mkosi' };
type Asked = How & { readonly world?: FeatureContext };

function proposals(marked: string, how: Asked = {}): CompletionItem[] {
  const { document, position } = at(marked, how);
  return completion(document, position, how.world);
}
const labels = (marked: string, how?: Asked): string[] => proposals(marked, how).map((i) => i.label);

/** The text after one of the proposals was accepted. */
function accept(marked: string, label: string, how: Asked = {}): string {
  const { document, position } = at(marked, how);
  const item = completion(document, position, how.world).find((i) => i.label === label);
  assert.ok(item?.textEdit && TextEdit.is(item.textEdit), `${label} is not offered`);
  return applied(document, [item.textEdit]);
}

describe('completion of sections and settings', () => {
  it('offers sections in an empty file and in a half-written header', () => {
    assert.equal(accept('|', '[Exec]'), '[Exec]');
    assert.equal(accept('[Ex|', '[Exec]'), '[Exec]');
    assert.equal(accept('[|]\n', '[Network]'), '[Network]\n');
  });

  it('offers the settings of the section, with an equals sign, and keeps a value that is there', () => {
    assert.equal(accept('[Exec]\nBo|', 'Boot'), '[Exec]\nBoot=');
    assert.equal(accept('[Exec]\n|', 'Boot'), '[Exec]\nBoot=');
    assert.equal(accept('[Exec]\nBo|=yes', 'Boot'), '[Exec]\nBoot=yes');
    assert.ok(!labels('[Files]\n|').includes('Boot'));
    assert.ok(!labels('|\n[Exec]').includes('Boot'));
  });

  it('offers only what the release has', () => {
    assert.ok(labels('[Exec]\n|').includes('RestrictAddressFamilies'));
    assert.ok(!labels('[Exec]\n|', { systemd: 252 }).includes('RestrictAddressFamilies'));
  });

  it('puts single settings that are already there last, and says so', () => {
    const items = proposals('[Exec]\nBoot=yes\nParameters=a\n|').sort((a, b) => (a.sortText ?? '').localeCompare(b.sortText ?? ''));
    const settings = items.filter((i) => !i.label.startsWith('['));
    assert.equal(settings.at(-1)?.label, 'Boot');
    assert.equal(settings.at(-1)?.labelDetails?.description, 'already set');
    assert.equal(settings.find((i) => i.label === 'Parameters')?.labelDetails, undefined);
  });

  it('opens the list of values behind every setting', () => {
    for (const section of ['Exec', 'Files', 'Network']) {
      for (const item of proposals(`[${section}]\n|`).filter((i) => !i.label.startsWith('['))) {
        assert.equal(item.command?.command, 'editor.action.triggerSuggest', item.label);
      }
    }
  });

  it('writes the page of an item when it is asked for', () => {
    for (const [marked, label, wanted, how] of [
      ['[Exec]\n|', 'Boot', /Boot=.*Repeated/s, {}],
      ['|', '[Exec]', /\[Exec\]/, {}],
      ['[Exec]\nResolvConf=|', 'copy-host', /of ResolvConf=/, {}],
      ['[Exec]\nCapability=|', 'CAP_CHOWN', /owner of any file/, {}],
      ['[Content]\n|', 'Packages', /Packages=/, mkosi],
      ['[Packages]\n|', 'Packages', /Packages=/, { kind: 'mkosi-legacy', mkosi: 5 }],
    ] as const) {
      const item = proposals(marked, how).find((i) => i.label === label);
      assert.ok(item, label);
      assert.equal(item.documentation, undefined);
      assert.match(JSON.stringify(resolved(item).documentation), wanted);
    }
  });

  it('says nothing in comments', () => {
    assert.deepEqual(proposals('# Bo|'), []);
    assert.deepEqual(proposals('[Output]\nFormat=disk # |', mkosi), []);
  });
});

describe('completion of values', () => {
  it('offers fixed words, with what they mean', () => {
    assert.equal(accept('[Exec]\nResolvConf=copy|', 'copy-host'), '[Exec]\nResolvConf=copy-host');
    assert.equal(accept('[Exec]\nBoot=|', 'yes'), '[Exec]\nBoot=yes');
    assert.equal(accept('[Output]\nFormat=|', 'disk', mkosi), '[Output]\nFormat=disk');
    assert.ok(proposals('[Exec]\nResolvConf=|').find((i) => i.label === 'bind-host')?.detail);
  });

  it('offers words anywhere in a list, but none that the list has', () => {
    assert.equal(
      accept('[Exec]\nCapability=CAP_KILL CAP_NET_|  CAP_CHOWN', 'CAP_NET_ADMIN'),
      '[Exec]\nCapability=CAP_KILL CAP_NET_ADMIN  CAP_CHOWN',
    );
    assert.equal(accept('[Exec]\nCapability=CAP_KILL | CAP_CHOWN', 'CAP_NET_RAW'), '[Exec]\nCapability=CAP_KILL CAP_NET_RAW CAP_CHOWN');
    assert.equal(accept('[Exec]\nCapability=CAP_KILL \\\n  CAP_NET|', 'CAP_NET_RAW'), '[Exec]\nCapability=CAP_KILL \\\n  CAP_NET_RAW');
    assert.ok(!labels('[Exec]\nCapability=CAP_KILL |').includes('CAP_KILL'));
    assert.ok(labels('[Exec]\nSystemCallFilter=~|').includes('@mount'));
    assert.equal(accept('[Exec]\nCapability=CAP_KILL  |', 'CAP_CHOWN'), '[Exec]\nCapability=CAP_KILL  CAP_CHOWN');
    assert.equal(accept('[Exec]\nCapability=CAP_KILL \\\n  |', 'CAP_CHOWN'), '[Exec]\nCapability=CAP_KILL \\\n  CAP_CHOWN');
    assert.equal(accept('[Exec]\nCapability=CAP_KILL \\\n|', 'CAP_CHOWN'), '[Exec]\nCapability=CAP_KILL \\\nCAP_CHOWN');
  });

  it('offers nothing where nothing can stand: behind the backslash that breaks a line, in front of a value', () => {
    assert.deepEqual(labels('[Exec]\nCapability=CAP_KILL \\|\n  CAP_CHOWN'), []);
    assert.deepEqual(labels('[Exec]\nCapability=CAP_KILL \\|'), []);
    assert.deepEqual(labels('[Exec]\nCapability=|  CAP_KILL'), []);
    assert.ok(labels('[Exec]\nCapability=CAP_KILL |\\\n  CAP_CHOWN').includes('CAP_NET_RAW'));
  });

  it('offers the options of a mount', () => {
    assert.equal(accept('[Files]\nBind=/a:/b:|', 'idmap'), '[Files]\nBind=/a:/b:idmap');
    assert.equal(accept('[Files]\nBind=/a:/b:norbind,id|', 'idmap'), '[Files]\nBind=/a:/b:norbind,idmap');
    assert.ok(!labels('[Files]\nTemporaryFileSystem=/a:size=1G,|').includes('size='));
  });

  it('offers ports, their protocol, and limits that fit the other one', () => {
    assert.deepEqual(labels('[Network]\nPort=|'), ['tcp:', 'udp:', '8080:80']);
    assert.equal(accept('[Network]\nPort=|8080:80', 'udp:'), '[Network]\nPort=udp:8080:80');
    assert.equal(accept('[Network]\nPort=t|cp:80', 'udp'), '[Network]\nPort=udp:80');
    assert.equal(accept('[Network]\nPort=udp:|', '8080:80'), '[Network]\nPort=udp:8080:80');
    assert.ok(labels('[Network]\nPort=8022:|').includes('22'));
    assert.deepEqual(labels('[Exec]\nLimitAS=1.5G:|'), ['infinity']);
    assert.deepEqual(labels('[Exec]\nLimitAS=|:600M'), ['512M']);
    assert.deepEqual(labels('[Exec]\nPrivateUsers=524288:|'), ['65536']);
  });

  it('never offers time zones where a mode is wanted', () => {
    assert.deepEqual(
      labels('[Exec]\nTimezone=|').filter((l) => l.includes('/')),
      [],
    );
  });

  it('offers specifiers of mkosi', () => {
    assert.equal(accept('[Output]\nOutput=a-%|', '%v', mkosi), '[Output]\nOutput=a-%v');
    assert.deepEqual(labels('[Output]\nOutput=a-%%|', mkosi), []);
  });
});

describe('completion with a host', () => {
  const other = open('[Network]\nZone=lab\nBridge=br7\n', { uri: 'file:///etc/systemd/nspawn/db.nspawn' });
  const world = fakeWorld({
    paths: ['/srv/data/', '/srv/data/a:b', '/srv/file', '/etc/', '/var/lib/machines/x/opt/', '/work/extra/', '/work/run.sh'],
    documents: [other],
    users: () => ['lena'],
    interfaces: () => [
      { name: 'lo', bridge: false },
      { name: 'eth0', bridge: false },
      { name: 'br0', bridge: true },
    ],
  });

  it('offers paths step by step, and goes on behind a folder', () => {
    assert.deepEqual(labels('[Files]\nBind=|', { world }), ['/srv/', '/etc/', '/var/', '/work/']);
    assert.equal(accept('[Files]\nBind=|', '/srv/', { world }), '[Files]\nBind=/srv/');
    assert.equal(accept('[Files]\nBind=/srv/d|', 'data/', { world }), '[Files]\nBind=/srv/data/');
    assert.equal(accept('[Files]\nBind=/srv/d|x:/b:idmap', 'data/', { world }), '[Files]\nBind=/srv/data/:/b:idmap');
    assert.equal(accept('[Files]\nBind=/s|/data:/b', '/srv/'.slice(1), { world }), '[Files]\nBind=/srv/data:/b');
    assert.equal(accept('[Files]\nBind=/srv/data/|', 'a:b', { world }), '[Files]\nBind=/srv/data/a\\:b');
    assert.ok(proposals('[Files]\nBind=/|', { world }).every((i) => i.command !== undefined));
  });

  it('offers the source as destination, and what the image has', () => {
    assert.equal(accept('[Files]\nBind=/srv/data:|', '/srv/data', { world }), '[Files]\nBind=/srv/data:/srv/data');
    assert.ok(labels('[Files]\nInaccessible=/|', { world, uri: 'file:///work/x.nspawn' }).includes('opt/'));
  });

  it('looks into the image where the host has it, also for a source with a plus and for programs', () => {
    const images = fakeWorld({
      paths: [
        '/var/lib/machines/x/bin/sh',
        '/var/lib/machines/x/bin/a b',
        '/etc/machines/y/only/',
        '/home/lena/.local/state/machines/z/mine/',
      ],
    });
    assert.equal(accept('[Files]\nBind=+/|', 'bin/', { world: images }), '[Files]\nBind=+/bin/');
    assert.equal(accept('[Files]\nOverlay=+/b|:/u:/bin', 'bin/', { world: images }), '[Files]\nOverlay=+/bin/:/u:/bin');
    assert.deepEqual(labels('[Files]\nInaccessible=/|', { world: images, uri: 'file:///etc/systemd/nspawn/y.nspawn' }), ['only/']);
    assert.deepEqual(labels('[Files]\nInaccessible=/|', { world: images, uri: 'file:///home/lena/.config/systemd/nspawn/z.nspawn' }), [
      'mine/',
    ]);
    assert.equal(accept('[Exec]\nParameters=/bin/| -x', 'sh', { world: images }), '[Exec]\nParameters=/bin/sh -x');
    assert.deepEqual(labels('[Exec]\nParameters=/bin/|', { world: images }), ['sh']);
  });

  it('offers no interface and no user twice', () => {
    assert.deepEqual(labels('[Network]\nMACVLAN=eth0:a |', { world }), ['br0']);
    assert.deepEqual(labels('[Files]\nBindUser=lena |', { world }), []);
  });

  it('offers interfaces, bridges, zones and users', () => {
    assert.deepEqual(labels('[Network]\nMACVLAN=|', { world }), ['eth0', 'br0']);
    assert.deepEqual(labels('[Network]\nBridge=|', { world }), ['br0', 'br7']);
    assert.equal(accept('[Network]\nZone=l|', 'lab', { world }), '[Network]\nZone=lab');
    assert.equal(accept('[Files]\nBindUser=|', 'lena', { world }), '[Files]\nBindUser=lena');
    assert.equal(accept('[Exec]\nHostname=|', 'x', { world }), '[Exec]\nHostname=x');
  });

  it('offers paths of a mkosi project', () => {
    const how = { kind: 'mkosi', uri: 'file:///work/mkosi.conf', world } as const;
    assert.equal(accept('[Build]\nBuildDirectory=e|', 'extra/', how), '[Build]\nBuildDirectory=extra/');
  });

  it('does without', () => {
    assert.equal(accept('[Files]\nBind=/v|', 'var/'), '[Files]\nBind=/var/');
    assert.equal(accept('[Files]\nBind=/a:|', '/srv/'), '[Files]\nBind=/a:/srv/');
    assert.deepEqual(labels('[Files]\nBind=/var/|'), []);
    assert.deepEqual(labels('[Network]\nZone=|'), []);
  });
});
