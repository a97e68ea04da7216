import assert from 'node:assert/strict';
import { completion, diagnostics, formatting, hover, resolved } from '../features';
import { isTrusted } from '../model';
import { Document, newest } from '../schema';
import { allFamilies, familyAt, familyInEditor, familyInProject, familyOf, familyOfText } from './index';
import { toy } from './testing/toy/family';

describe('kinds of files', () => {
  it('knows every file of the family by its name', () => {
    const kinds: Record<string, string | undefined> = {
      '/etc/systemd/nspawn/web.nspawn': 'nspawn',
      'mkosi.nspawn': 'nspawn',
      'a/mkosi.conf': 'mkosi',
      'mkosi.local.conf': 'mkosi',
      'mkosi.tools.conf': 'mkosi',
      'a/mkosi.conf.d/10-a.conf': 'mkosi',
      'mkosi.conf.d/deb/mkosi.conf': 'mkosi',
      'mkosi.conf.d/deb/mkosi.conf.d/x.conf': 'mkosi',
      'mkosi.profiles/a.conf': 'mkosi',
      'mkosi.profiles/a/mkosi.conf': 'mkosi',
      'mkosi.images/a.conf': 'mkosi',
      'mkosi.uki-profiles/a.conf': 'mkosi',
      'mkosi.default': 'mkosi-legacy',
      'mkosi.default.d/10': 'mkosi-legacy',
      'mkosi.default.d/fedora/10-x': 'mkosi-legacy',
      'mkosi.files/mkosi.fedora': 'mkosi-legacy',
      'mkosi.files/README': undefined,
      'mkosi.conf.d/deb/x.conf': 'mkosi',
      'mkosi/mkosi.conf': 'mkosi',
      'mkosi/src/x.conf': undefined,
      'mkosi.images/a/mkosi.extra/etc/x.conf': undefined,
      'mkosi/mkosi.extra/etc/x.conf': undefined,
      'mkosi.images/a/src/deep/x.conf': undefined,
      'mkosi.extra/etc/a.conf': undefined,
      'mkosi.conf.d/README': undefined,
      'mkosi/config.py': undefined,
      'mkosi.conf.bak': undefined,
      nspawn: undefined,
    };
    for (const [path, kind] of Object.entries(kinds)) assert.equal(familyAt(path)?.kind, kind, path);
  });
  it('trusts no .nspawn file beside an image', () => {
    assert.equal(isTrusted('/etc/systemd/nspawn/web.nspawn'), true);
    assert.equal(isTrusted('/home/me/web.nspawn'), true);
    assert.equal(isTrusted('/var/lib/machines/web.nspawn'), false);
    assert.equal(isTrusted('/home/me/.local/state/machines/web.nspawn'), false);
  });

  it('takes a text in an editor by its path, and by its language where the name is not that of something else', () => {
    const kind = (path: string, languageId: string): string | undefined => familyInEditor(path, languageId)?.kind;
    assert.equal(kind('/work/web.nspawn', 'ini'), 'nspawn');
    assert.equal(kind('/work/mkosi.conf', 'nspawn'), 'mkosi');
    assert.equal(kind('untitled:Untitled-1', 'nspawn'), 'nspawn');
    assert.equal(kind('/work/shared.inc', 'mkosi'), 'mkosi');
    assert.equal(kind('/work/shared.inc', 'ini'), undefined);
    for (const name of otherKinds)
      for (const languageId of ['systemd', 'ini', 'plaintext', 'nspawn', 'mkosi']) assert.equal(kind(name, languageId), undefined, name);
  });

  it('takes a text that was named by its path, and by its sections where the name is not that of something else', () => {
    const kind = (path: string | undefined, text: string): string | undefined => familyOfText(path, () => text)?.kind;
    assert.equal(kind('/work/web.nspawn', '[Output]\n'), 'nspawn');
    assert.equal(kind('/work/web.txt', '# web\n[Exec]\nBoot=yes\n'), 'nspawn');
    assert.equal(kind('/work/shared.inc', '[Content]\n[Output]\n'), 'mkosi');
    assert.equal(kind(undefined, '[Network]\nPrivate=yes\n'), 'nspawn');
    assert.equal(kind(undefined, '[Match]\nName=host0\n[Network]\nDHCP=yes\n'), undefined);
    assert.equal(kind('/work/web.txt', 'Boot=yes\n[Service]\n'), undefined);
    for (const name of otherKinds) assert.equal(kind(name, '[Network]\n'), undefined, name);
  });

  it('reads what a project includes as a file of the project, whatever it is called', () => {
    assert.equal(familyInProject('/work/mkosi.default').kind, 'mkosi-legacy');
    assert.equal(familyInProject('/work/a.network').kind, 'mkosi');
    assert.equal(familyInProject('/work/a.nspawn').kind, 'mkosi');
  });

  it('has one name and one owner for every file', () => {
    assert.equal(new Set(allFamilies.map(({ kind }) => kind)).size, allFamilies.length);
    for (const path of ['x.nspawn', 'mkosi.nspawn', 'mkosi.conf', 'mkosi.default', 'mkosi.conf.d/a.conf', 'mkosi.default.d/a'])
      assert.equal(allFamilies.filter(({ claims }) => claims(path)).length, 1, path);
  });
});

const otherKinds = [
  '/etc/systemd/system/a.service',
  '/etc/systemd/system/systemd-nspawn@web.service.d/override.conf',
  '/etc/systemd/network/10-x.network',
  '/etc/systemd/network/10-x.netdev',
  '/etc/systemd/network/10-x.network.d/a.conf',
  '/etc/systemd/system.conf.d/a.conf',
  '/etc/systemd/networkd.conf',
  '/work/mkosi.repart/00-root.conf',
  '/work/mkosi.extra/usr/lib/repart.d/10-root.conf',
  '/usr/lib/tmpfiles.d/a.conf',
];

describe('a kind of file that is one record and one folder', () => {
  const known = [...allFamilies, toy];
  const text = '[Toy]\nColor = red\nLoud=yes\nLoudness=9\n';
  const document = Document.of('file:///work/a.toy', toy, text, newest);

  it('is known by its path, language and sections', () => {
    assert.equal(familyAt('/work/a.toy', known), toy);
    assert.equal(familyInEditor('untitled:x', 'toy', known), toy);
    assert.equal(
      familyOfText('/work/a', () => text, known),
      toy,
    );
    assert.equal(familyOf(document), toy);
    assert.equal(familyAt('/work/a.toy'), undefined);
  });

  it('is checked by its own rules and those for all, with the verdicts of its tool', () => {
    const input = { document, launch: 'unit', trusted: true } as const;
    assert.deepEqual(
      diagnostics(input).map(({ code, source, message }) => [code, source, message]),
      [
        ['loud-red', 'toybox', 'A loud toy is never red'],
        ['unknown-setting', 'toybox', 'toybox 262 has no setting Loudness= in [Toy]'],
      ],
    );
  });

  it('has completion and hover from its schema', () => {
    const offered = (line: number, character: number): string[] => completion(document, { line, character }).map(({ label }) => label);
    assert.deepEqual(offered(1, 8), ['red', 'blue']);
    const [loud] = completion(Document.of('file:///work/b.toy', toy, '[Toy]\nLo', newest), { line: 1, character: 2 }).filter(
      ({ label }) => label === 'Loud',
    );
    assert.ok(loud);
    assert.match(JSON.stringify(resolved(loud, known).documentation), /makes a noise/);
    const page = JSON.stringify(hover(document, { line: 1, character: 2 }));
    assert.match(page, /The color of the toy/);
    assert.match(page, /example\.org\/toy#Color/);
    assert.doesNotMatch(page, /Trust/);
  });

  it('is formatted by its dialect', () => {
    assert.deepEqual(
      formatting(document).map(({ newText }) => newText),
      ['', ''],
    );
  });
});
