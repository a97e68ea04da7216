import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { FileChangeType } from 'vscode-languageserver/node';
import { Editor } from '../lsp/testing/editor';
import { type RuleContext, rules } from '../rules';
import { newest } from '../schema';

describe('server and projects of mkosi', () => {
  let folder: string, editor: Editor;
  const uri = (name: string): string => pathToFileURL(path.join(folder, name)).href;
  const put = (name: string, text: string): string => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
    return text;
  };
  /** What is shown of a file: `line code`. */
  const shown = (name: string): string[] => (editor.shown.get(uri(name)) ?? []).map((d) => `${d.range.start.line + 1} ${String(d.code)}`);
  /** Waits until the first that is shown of a file is, or is not, as a pattern has it. */
  const says = (name: string, wanted: RegExp, not = false): Promise<unknown> =>
    editor.diagnostics(uri(name), (_, found) => found[0] !== undefined && wanted.test(JSON.stringify(found[0].message)) !== not);
  const until = (name: string, ...wanted: string[]): Promise<unknown> =>
    editor.diagnostics(uri(name), () => JSON.stringify(shown(name)) === JSON.stringify(wanted));
  const open = (name: string, text: string): Promise<void> => editor.open(uri(name), put(name, text), 'mkosi');
  const happened = (name: string, type: FileChangeType): Promise<void> =>
    editor.tell('workspace/didChangeWatchedFiles', { changes: [{ uri: uri(name), type }] });

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-projects-'));
    mkdirSync(path.join(folder, '.git'));
    editor = new Editor();
    await editor.start(folder);
  });
  afterEach(() => {
    editor.connection.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('judges a file as part of its project, with what is written in the editor and not saved', async () => {
    put('mkosi.conf', '[Distribution]\nDistribution=debian\n');
    // A condition that does not hold hides what follows.
    await open('mkosi.conf.d/fedora.conf', '[Match]\nDistribution=fedora\n\n[Content]\nBootable=perhaps\n');
    await until('mkosi.conf.d/fedora.conf', '5 bad-value');
    await says('mkosi.conf.d/fedora.conf', /Not in effect here/);
    await editor.open(uri('mkosi.conf'), '[Distribution]\nDistribution=fedora\n', 'mkosi');
    await says('mkosi.conf.d/fedora.conf', /Not in effect here/, true);
  });

  it('shows what is found in files that are not open, as long as one of the project is', async () => {
    put('mkosi.images/base/mkosi.conf', '[Distribution]\nDistribution=debian\n');
    put('other/mkosi.conf', '[Output]\nBogus=1\n');
    await open('mkosi.conf', '[Config]\nDependencies=base\n');
    await until('mkosi.images/base/mkosi.conf', '2 wrong-image');
    assert.deepEqual(shown('other/mkosi.conf'), []);
    await editor.tell('textDocument/didClose', { textDocument: { uri: uri('mkosi.conf') } });
    await until('mkosi.images/base/mkosi.conf');
  });

  it('judges again what an edit in an included file makes a difference to, and nothing else', async () => {
    put('shared.conf', '[Distribution]\nDistribution=debian\n');
    put('a/.git/HEAD', '');
    put('b/.git/HEAD', '');
    await open('a/mkosi.conf', '[Include]\nInclude=../shared.conf\n');
    await open('b/mkosi.conf', '[Content]\nBootable=perhaps\n');
    await open('a/mkosi.conf.d/debian.conf', '[Match]\nDistribution=debian\n\n[Content]\nBogus=1\n');
    await until('b/mkosi.conf', '2 bad-value');
    await until('a/mkosi.conf.d/debian.conf', '5 unknown-setting');
    await editor.open(uri('shared.conf'), '[Distribution]\nDistribution=debian\n', 'mkosi');
    await until('shared.conf');
    editor.told.length = 0;
    await editor.change(uri('shared.conf'), 2, '[Distribution]\nDistribution=arch\nNonsense=1\n');
    await until('shared.conf', '3 unknown-setting');
    await says('a/mkosi.conf.d/debian.conf', /Not in effect here/);
    assert.deepEqual([...new Set(editor.told)].sort(), [uri('a/mkosi.conf.d/debian.conf'), uri('shared.conf')]);
    await editor.change(uri('shared.conf'), 3, '[Distribution]\nDistribution=debian\n');
    await until('shared.conf');
    await says('a/mkosi.conf.d/debian.conf', /Not in effect here/, true);
  });

  it('judges only those files of a project again that are read in another way', async () => {
    const [rule] = rules;
    assert.ok(rule);
    const check = rule.check.bind(rule),
      judged: string[] = [];
    Object.assign(rule, {
      check: (here: RuleContext) => {
        judged.push(path.basename(here.document.uri));
        return check(here);
      },
    });
    try {
      put('shared.conf', '[Distribution]\nDistribution=debian\n');
      for (let i = 0; i < 30; i++) put(`mkosi.conf.d/${i}.conf`, '[Match]\nDistribution=debian\n[Content]\nPackages=a\n');
      put('mkosi.conf.d/name.conf', '[Output]\nOutput=%i\n');
      await open('mkosi.conf', '[Include]\nInclude=shared.conf\n[Content]\nBogus=1\n');
      await until('mkosi.conf', '4 unknown-setting');
      await editor.open(uri('shared.conf'), '[Distribution]\nDistribution=debian\n', 'mkosi');
      await until('shared.conf');
      while (new Set(judged).size < 33) await editor.ask('nspawn/target');
      judged.length = 0;
      await editor.change(uri('shared.conf'), 2, '[Distribution]\nDistribution=debian\n[Output]\nImageId=web\nNonsense=1\n');
      await until('shared.conf', '5 unknown-setting');
      while (!judged.includes('name.conf')) await editor.ask('nspawn/target');
      assert.deepEqual([...new Set(judged)].sort(), ['name.conf', 'shared.conf']);
      await editor.change(uri('shared.conf'), 3, '[Distribution]\nDistribution=arch\n');
      await until('shared.conf');
      while (!judged.includes('29.conf')) await editor.ask('nspawn/target');
    } finally {
      Object.assign(rule, { check });
    }
  });

  it('follows what happens to files on disk: configuration, scripts, and files that are only wanted', async () => {
    await open('mkosi.conf', '[Content]\nBuildScripts=build.sh\nSkeletonTrees=tree\n');
    await until('mkosi.conf', '2 missing-file', '3 missing-file');
    put('build.sh', '#!/bin/sh\n');
    chmodSync(path.join(folder, 'build.sh'), 0o755);
    await happened('build.sh', FileChangeType.Created);
    await until('mkosi.conf', '3 missing-file');
    put('tree/etc/hostname', 'x\n');
    await happened('tree', FileChangeType.Created);
    await until('mkosi.conf');
    put('mkosi.conf.d/10-more.conf', '[Content]\nBootable=perhaps\n');
    await happened('mkosi.conf.d/10-more.conf', FileChangeType.Created);
    await until('mkosi.conf.d/10-more.conf', '2 bad-value');
    put('mkosi.conf.d/10-more.conf', '[Content]\nBootable=yes\n');
    await happened('mkosi.conf.d/10-more.conf', FileChangeType.Changed);
    await until('mkosi.conf.d/10-more.conf');
    rmSync(path.join(folder, 'tree'), { recursive: true });
    await happened('tree', FileChangeType.Deleted);
    await until('mkosi.conf', '3 missing-file');
  });

  it('judges a project by the release that it needs, when nobody has chosen one, and says so', async () => {
    let told = 0;
    editor.connection.onNotification('nspawn/targetChanged', () => {
      told++;
    });
    const target = async (name: string): Promise<unknown> =>
      ((await editor.ask('nspawn/target', { uri: uri(name) })) as { mkosi: unknown }).mkosi;
    /** What a file is judged by, when the server has said that it is not what it was. */
    const another = async (name: string): Promise<unknown> => {
      while (told === 0) await editor.ask('nspawn/target');
      told = 0;
      return target(name);
    };
    await open('mkosi.conf', '[Config]\nMinimumVersion=24\n[Content]\nBogus=1\n');
    await says('mkosi.conf', /mkosi 24 /);
    assert.deepEqual(await another('mkosi.conf'), { version: 24, from: 'project' });
    assert.deepEqual(await editor.ask('nspawn/target'), {
      ...((await editor.ask('nspawn/target')) as object),
      mkosi: { version: newest.mkosi, from: 'newest' },
    });
    await editor.change(uri('mkosi.conf'), 2, '[Content]\nBogus=1\n');
    await says('mkosi.conf', new RegExp(`mkosi ${newest.mkosi} `));
    assert.deepEqual(await another('mkosi.conf'), { version: newest.mkosi, from: 'newest' });
    await editor.change(uri('mkosi.conf'), 3, '[Config]\nMinimumVersion=27.1\n[Content]\nBogus=1\n');
    assert.deepEqual(await another('mkosi.conf'), { version: 27.1, from: 'project' });
    await editor.change(uri('mkosi.conf'), 4, '[Config]\nMinimumVersion=24\n[Content]\nBogus=1\n');
    await says('mkosi.conf', /mkosi 24 /);
    await open('mkosi.images/a.conf', '[Content]\nBogus=1\n');
    await says('mkosi.images/a.conf', /mkosi 24 /);
    assert.deepEqual(await target('mkosi.images/a.conf'), { version: 24, from: 'project' });
    editor.settings = { mkosiVersion: '26' };
    await editor.tell('workspace/didChangeConfiguration', { settings: null });
    await says('mkosi.conf', /mkosi 26/);
    assert.deepEqual(await another('mkosi.conf'), { version: 26, from: 'setting' });
    await open('old/mkosi.default', '[Output]\nFormat=gpt_ext4\n');
    await editor.diagnostics(uri('old/mkosi.default'), () => true);
    assert.deepEqual(await target('old/mkosi.default'), { version: 14, from: 'file' });
  });

  it('judges a project inside of another one by itself, unless the other reads it', async () => {
    put('mkosi.conf', '[Distribution]\nDistribution=debian\n');
    await open('examples/web/mkosi.conf', '[Config]\nDependencies=base\n[Content]\nBootable=perhaps\n');
    put('examples/web/mkosi.images/base.conf', '[Content]\nBogus=1\n');
    await until('examples/web/mkosi.conf', '4 bad-value');
    await until('examples/web/mkosi.images/base.conf', '2 unknown-setting');
    await says('examples/web/mkosi.conf', /Not in effect here/, true);
    // Read by the outer one, it is a part of that, and its images are none.
    await open('mkosi.conf', '[Distribution]\nDistribution=debian\n[Include]\nInclude=examples/web\n');
    await until('examples/web/mkosi.images/base.conf');
    await editor.change(uri('mkosi.conf'), 2, '[Distribution]\nDistribution=debian\n');
    await until('examples/web/mkosi.images/base.conf', '2 unknown-setting');
    // What only a profile that is not chosen includes waits for that.
    put('mkosi.profiles/demo.conf', '[Include]\nInclude=%D/examples/web\n');
    await happened('mkosi.profiles', FileChangeType.Created);
    await says('examples/web/mkosi.conf', /Not in effect here/);
  });

  it('reads a project in a folder mkosi from the folder above it since 26, and before by itself', async () => {
    editor.settings = { mkosiVersion: '27.1' };
    await editor.tell('workspace/didChangeConfiguration', { settings: null });
    put('mkosi/mkosi.images/base.conf', '[Content]\nBogus=1\n');
    const text = '[Config]\nDependencies=base\n[Output]\nOutput=%D\n';
    await open('mkosi/mkosi.conf', text);
    await until('mkosi/mkosi.images/base.conf', '2 unknown-setting');
    const hover = async (): Promise<string> => JSON.stringify(await ask('hover', 'mkosi/mkosi.conf', 3, 8));
    assert.ok((await hover()).includes(`\`${folder}\``), await hover());
    editor.settings = { mkosiVersion: '25.3' };
    await editor.tell('workspace/didChangeConfiguration', { settings: null });
    await editor.diagnostics(uri('mkosi/mkosi.images/base.conf'), (_, [found]) => /mkosi 25\.3/.test(JSON.stringify(found?.message)));
    assert.deepEqual(shown('mkosi/mkosi.conf'), ['4 bad-value']);
    assert.ok((await hover()).includes(`\`${folder}/mkosi\``), await hover());
  });

  it('lets a project ask for a commit of mkosi where nobody says that a release is used', async () => {
    await open('mkosi.conf', '[Config]\nMinimumVersion=commit:70ce10d1\n');
    await until('mkosi.conf');
    await editor.tell('nspawn/host', { mkosi: 27.1 });
    await until('mkosi.conf', '2 project-fault');
    await editor.tell('nspawn/host', { mkosi: 27, mkosiClone: true });
    await until('mkosi.conf');
  });

  /** What can be asked of a position in a file. */
  const ask = (method: string, name: string, line: number, character: number, more: object = {}): Promise<unknown> =>
    editor.ask(`textDocument/${method}`, { textDocument: { uri: uri(name) }, position: { line, character }, ...more });

  it('knows the images and profiles of a project: completion, definition, references, links, hover and rename', async () => {
    put('mkosi.images/base/mkosi.conf', '[Content]\nPackages=systemd\n');
    put('mkosi.images/app.conf', '[Config]\nDependencies=base\n');
    put('mkosi.profiles/desk.conf', '[Content]\nPackages=gdm\n');
    put('mkosi.profiles/unused/mkosi.conf', '[Config]\nDependencies=base\n');
    put('mkosi.conf.d/20-base.conf', '[Match]\nImage=!base\nProfiles=desk\n\n[Content]\nPackages=less\n');
    await open('mkosi.conf', '[Config]\nDependencies=app,base,\nProfiles=desk\n');
    await until('mkosi.conf');
    const labels = async (line: number, character: number): Promise<string[]> =>
      ((await ask('completion', 'mkosi.conf', line, character)) as { label: string }[]).map((i) => i.label).sort();
    assert.deepEqual(await labels(1, 22), []);
    assert.deepEqual(await labels(1, 14), ['app']);
    assert.deepEqual(await labels(2, 9), ['desk', 'unused']);
    const places = (found: unknown): string[] =>
      (Array.isArray(found) ? found : [found])
        .map(
          (l: { uri: string; range: { start: { line: number } } }) =>
            `${path.relative(folder, new URL(l.uri).pathname)}:${l.range.start.line + 1}`,
        )
        .sort();
    assert.deepEqual(places(await ask('definition', 'mkosi.conf', 1, 18)), ['mkosi.images/base/mkosi.conf:1']);
    assert.deepEqual(places(await ask('definition', 'mkosi.conf', 1, 14)), ['mkosi.images/app.conf:1']);
    assert.deepEqual(places(await ask('definition', 'mkosi.conf', 2, 10)), ['mkosi.profiles/desk.conf:1']);
    const everywhere = ['mkosi.conf.d/20-base.conf:2', 'mkosi.conf:2', 'mkosi.images/app.conf:2', 'mkosi.profiles/unused/mkosi.conf:2'];
    assert.deepEqual(places(await ask('references', 'mkosi.conf', 1, 18, { context: { includeDeclaration: true } })), everywhere);
    const links = (await editor.ask('textDocument/documentLink', { textDocument: { uri: uri('mkosi.conf') } })) as { target: string }[];
    assert.deepEqual(
      links.map((l) => path.relative(folder, new URL(l.target).pathname)),
      ['mkosi.images/app.conf', 'mkosi.images/base/mkosi.conf', 'mkosi.profiles/desk.conf'],
    );
    assert.match(JSON.stringify(await ask('hover', 'mkosi.conf', 1, 18)), /an image of this project.*mkosi\.images\/base/);
    const edit = (await ask('rename', 'mkosi.conf', 1, 18, { newName: 'core' })) as {
      documentChanges: { kind?: string; newUri?: string; textDocument?: { uri: string }; edits?: { newText: string }[] }[];
    };
    assert.deepEqual(
      edit.documentChanges
        .map((c) =>
          c.kind === 'rename'
            ? `-> ${path.relative(folder, new URL(c.newUri ?? '').pathname)}`
            : `${path.relative(folder, new URL(c.textDocument?.uri ?? '').pathname)} ${c.edits?.map((e) => e.newText).join() ?? ''}`,
        )
        .sort(),
      [
        '-> mkosi.images/core',
        'mkosi.conf core',
        'mkosi.conf.d/20-base.conf core',
        'mkosi.images/app.conf core',
        'mkosi.profiles/unused/mkosi.conf core',
      ],
    );
    // From the file of the image, or of the profile, itself: where nothing is set, the file is meant.
    await open('mkosi.images/base/mkosi.conf', '[Content]\nPackages=systemd\n');
    await open('mkosi.profiles/desk.conf', '# for desks\n\n[Content]\nPackages=gdm\n');
    const declared = { context: { includeDeclaration: true } };
    assert.deepEqual(places(await ask('references', 'mkosi.images/base/mkosi.conf', 0, 3, declared)), everywhere);
    assert.deepEqual(places(await ask('definition', 'mkosi.images/base/mkosi.conf', 0, 3)), ['mkosi.images/base/mkosi.conf:1']);
    assert.deepEqual(places(await ask('references', 'mkosi.profiles/desk.conf', 1, 0, declared)), [
      'mkosi.conf.d/20-base.conf:3',
      'mkosi.conf:3',
    ]);
    assert.equal(await ask('prepareRename', 'mkosi.images/base/mkosi.conf', 1, 3), null);
    assert.deepEqual(await ask('prepareRename', 'mkosi.profiles/desk.conf', 2, 3), {
      range: { start: { line: 2, character: 0 }, end: { line: 2, character: 9 } },
      placeholder: 'desk',
    });
    const files = async (name: string, line: number, newName: string): Promise<string[]> =>
      ((await ask('rename', name, line, 0, { newName })) as typeof edit).documentChanges
        .map((c) => path.relative(folder, new URL(c.newUri ?? c.textDocument?.uri ?? '').pathname))
        .sort();
    assert.deepEqual(await files('mkosi.images/base/mkosi.conf', 0, 'core'), [
      'mkosi.conf',
      'mkosi.conf.d/20-base.conf',
      'mkosi.images/app.conf',
      'mkosi.images/core',
      'mkosi.profiles/unused/mkosi.conf',
    ]);
    assert.deepEqual(await files('mkosi.profiles/desk.conf', 0, 'table'), [
      'mkosi.conf',
      'mkosi.conf.d/20-base.conf',
      'mkosi.profiles/table.conf',
    ]);
    await assert.rejects(ask('rename', 'mkosi.images/base/mkosi.conf', 0, 0, { newName: 'a/b' }), /none of/);
    await assert.rejects(ask('rename', 'mkosi.conf', 1, 18, { newName: 'app' }), /already an image app/);
    await assert.rejects(ask('rename', 'mkosi.conf', 1, 18, { newName: 'a/b' }), /none of/);
  });

  it('leads to the files of includes, scripts and trees, wherever their paths begin, and completes them', async () => {
    put('shared/common.conf', '[Content]\nPackages=less\n');
    put('shared/more/mkosi.conf', '[Content]\nPackages=more\n');
    put('build.sh', '#!/bin/sh\n');
    put('mkosi.extra/etc/motd', 'x\n');
    put('mkosi.images/base/mkosi.conf', '[Include]\nInclude=%D/shared/common.conf\n    ../../shared/more\n');
    await open(
      'mkosi.conf',
      '[Content]\nBuildScripts=build.sh\nExtraTrees=mkosi.extra:/,shared:/opt\n[Include]\nInclude=shared/common.conf,mkosi-vm\n',
    );
    await editor.open(uri('mkosi.images/base/mkosi.conf'), '[Include]\nInclude=%D/shared/common.conf\n    ../../shared/more\n', 'mkosi');
    const links = async (name: string): Promise<string[]> =>
      ((await editor.ask('textDocument/documentLink', { textDocument: { uri: uri(name) } })) as { target: string }[]).map((l) =>
        path.relative(folder, new URL(l.target).pathname),
      );
    assert.deepEqual(await links('mkosi.conf'), ['build.sh', 'mkosi.extra', 'shared', 'shared/common.conf']);
    assert.deepEqual(await links('mkosi.images/base/mkosi.conf'), ['shared/common.conf', 'shared/more/mkosi.conf']);
    const target = async (name: string, line: number, character: number): Promise<string> =>
      path.relative(folder, new URL(((await ask('definition', name, line, character)) as { uri: string }).uri).pathname);
    assert.equal(await target('mkosi.images/base/mkosi.conf', 1, 20), 'shared/common.conf');
    assert.equal(await target('mkosi.images/base/mkosi.conf', 2, 8), 'shared/more/mkosi.conf');
    assert.equal(await target('mkosi.conf', 1, 15), 'build.sh');
    assert.equal(await target('mkosi.conf', 4, 10), 'shared/common.conf');
    const labels = async (name: string, line: number, character: number): Promise<string[]> =>
      ((await ask('completion', name, line, character)) as { label: string }[]).map((i) => i.label).sort();
    // The names of what mkosi brings along replace the whole item, so that the editor leaves them out here.
    const files = (all: string[]): string[] => all.filter((l) => !l.startsWith('mkosi-'));
    assert.deepEqual(files(await labels('mkosi.images/base/mkosi.conf', 2, 17)), ['common.conf', 'more/']);
    assert.deepEqual(files(await labels('mkosi.conf', 4, 15)), ['common.conf', 'more/']);
    assert.ok((await labels('mkosi.conf', 4, 8)).includes('shared/'));
    assert.match(JSON.stringify(await ask('hover', 'mkosi.images/base/mkosi.conf', 1, 9)), /Here the value is/);
  });

  it('marks what is missing where it is named', async () => {
    put('mkosi.images/app.conf', '[Content]\nPackages=x\n');
    put('mkosi.conf.d/10-more.conf', '[Config]\nDependencies=app,bse\n');
    await open('mkosi.conf', '[Config]\nProfiles=dsk\n');
    await until('mkosi.conf.d/10-more.conf', '2 project-fault');
    const [fault] = editor.shown.get(uri('mkosi.conf.d/10-more.conf')) ?? [];
    assert.deepEqual(fault?.range, { start: { line: 1, character: 17 }, end: { line: 1, character: 20 } });
    await until('mkosi.conf', '2 unknown-profile');
  });

  it('makes a script executable when it is asked to, and judges again', async () => {
    put('mkosi.postinst', '#!/bin/sh\n');
    const text = '[Content]\nBootable=no\n';
    await open('mkosi.conf', text);
    await until('mkosi.conf', '1 script-not-executable');
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
    const actions = (await editor.ask('textDocument/codeAction', {
      textDocument: { uri: uri('mkosi.conf') },
      range,
      context: { diagnostics: [] },
    })) as { title: string; command?: { command: string; arguments: string[] } }[];
    const { command, title } = actions[0] ?? {};
    assert.equal(title, 'Make mkosi.postinst executable');
    await editor.ask('workspace/executeCommand', command);
    await until('mkosi.conf');
    assert.equal(statSync(path.join(folder, 'mkosi.postinst')).mode & 0o111, 0o111);
    await assert.rejects(
      editor.ask('workspace/executeCommand', { command: command?.command, arguments: [folder] }),
      /not made executable: This is a folder, not a regular file/,
    );
    await assert.rejects(
      editor.ask('workspace/executeCommand', { command: command?.command, arguments: [path.join(folder, 'none')] }),
      /not made executable/,
    );
  });
});
