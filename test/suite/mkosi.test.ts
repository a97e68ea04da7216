import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { installFake, problems, runTask, task, workspace } from './mkosi-tasks';
import { until } from './until';

describe('in VS Code, mkosi', () => {
  const { mkosi, uninstall } = installFake(),
    { home } = mkosi;
  const put = mkosi.put.bind(mkosi),
    answer = mkosi.answer.bind(mkosi),
    runs = mkosi.runs.bind(mkosi);

  before(async () => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(workspace().uri, 'image/mkosi.conf'));
    await vscode.window.showTextDocument(document);
    await until('the extension to be active', () => vscode.extensions.getExtension('nspawn-tools.nspawn')?.isActive);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    uninstall();
  });

  it('has tasks for every project of the workspace, with the verbs of the release', async () => {
    const names = (await until('tasks', () => vscode.tasks.fetchTasks({ type: 'mkosi' }))).map((t) => t.name);
    for (const name of ['build (image)', 'rebuild (image)', 'clean all and packages (image)', 'summary (legacy)', 'vm (legacy)']) {
      assert.ok(names.includes(name), names.join());
    }
    const clean = await task('clean all and packages (image)');
    assert.ok(clean.execution instanceof vscode.ProcessExecution);
    assert.deepEqual([clean.execution.process, clean.execution.args], [path.join(home, 'mkosi'), ['-ff', 'clean']]);
    assert.deepEqual(clean.definition, { type: 'mkosi', verb: 'clean', folder: 'image', force: 2 });
    mkosi.release('14');
    await until('qemu instead of vm', async () => {
      const now = (await vscode.tasks.fetchTasks({ type: 'mkosi' })).map((t) => t.name);
      return now.includes('qemu (image)') && !now.includes('vm (image)');
    });
    mkosi.release('26');
  });

  it('runs a task as mkosi itself, in the folder of the project, and makes problems of what it says', async () => {
    const uri = vscode.Uri.joinPath(workspace().uri, 'image/mkosi.conf');
    answer(`‣ ${uri.fsPath}: Setting Hostname should be configured in [Runtime], not [Content].\n`, 0);
    assert.equal(await runTask('rebuild (image)'), 0);
    assert.equal(runs().at(-1), `${path.dirname(uri.fsPath)}|-f|build|`);
    assert.deepEqual(await until('a problem', () => problems(uri)), [
      'mkosi task: Warning 1 <> Setting Hostname should be configured in [Runtime], not [Content].',
    ]);
  });

  it('does not read a project again after a task has failed, unless that is turned on', async () => {
    const uri = vscode.Uri.joinPath(workspace().uri, 'image/mkosi.conf');
    answer("‣ 'directory' is not a valid OutputFormat\n", 1);
    const count = runs().length;
    assert.equal(await runTask('build (image)'), 1);
    assert.equal(await runTask('clean (image)'), 1);
    assert.deepEqual(
      runs()
        .slice(count)
        .map((r) => r.split('|').slice(1, -1).join(' ')),
      ['build', 'clean'],
    );
    assert.deepEqual(
      (await problems(uri)).filter((p) => p.includes('OutputFormat')),
      [],
    );
  });

  it('shows each thing that made a task fail once, also where mkosi names no file', async () => {
    const uri = vscode.Uri.joinPath(workspace().uri, 'image/mkosi.conf'),
      settings = vscode.workspace.getConfiguration('nspawn');
    await settings.update('mkosi.checkAfterFailedTask', true, vscode.ConfigurationTarget.Global);
    try {
      answer(
        `‣ ${uri.fsPath}: Setting Hostname should be configured in [Runtime], not [Content].\n‣ 'directory' is not a valid OutputFormat\n`,
        1,
      );
      assert.equal(await runTask('build (image)'), 1);
      const wanted = [
        "installed mkosi: Error 7 <directory> 'directory' is not a valid OutputFormat",
        'mkosi task: Warning 1 <> Setting Hostname should be configured in [Runtime], not [Content].',
      ];
      await until('both problems', async () => (await problems(uri)).length >= 2);
      assert.deepEqual((await problems(uri)).sort(), wanted);
      await vscode.commands.executeCommand('nspawn.mkosi.check', uri);
      assert.deepEqual((await problems(uri)).sort(), wanted);
    } finally {
      await settings.update('mkosi.checkAfterFailedTask', undefined, vscode.ConfigurationTarget.Global);
    }
    answer('', 0);
    assert.equal(await runTask('build (image)'), 0);
    await vscode.commands.executeCommand('nspawn.mkosi.check', uri);
    await until('no problem of its own', async () => (await problems(uri)).every((p) => !p.startsWith('installed mkosi')));
  });

  it('is asked for its opinion on request, and on save only where that is turned on', async () => {
    put('project/mkosi.conf', '[Output]\nFormat=disk\n');
    put('project/mkosi.conf.d/10-x.conf', '[Content]\nPackages=a\n\nBogus=1\n');
    const main = vscode.Uri.file(path.join(home, 'project/mkosi.conf')),
      part = vscode.Uri.file(path.join(home, 'project/mkosi.conf.d/10-x.conf'));
    answer('‣ Unknown setting Bogus\n', 1);
    await vscode.commands.executeCommand('nspawn.mkosi.check', part);
    assert.equal(runs().at(-1), `${path.join(home, 'project')}|--json|summary|`);
    assert.deepEqual(await problems(part), ['installed mkosi: Error 4 <Bogus> Unknown setting Bogus']);

    const document = await vscode.workspace.openTextDocument(main),
      count = runs().length;
    const write = async (text: string): Promise<void> => {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(main, new vscode.Position(document.lineCount, 0), text);
      assert.ok(await vscode.workspace.applyEdit(edit));
      assert.ok(await document.save());
    };
    await write('Output=x\n');
    assert.equal(runs().length, count);
    const settings = vscode.workspace.getConfiguration('nspawn');
    await settings.update('mkosi.checkOnSave', true, vscode.ConfigurationTarget.Global);
    try {
      answer("‣ Invalid boolean literal: 'maybe'\n", 1);
      await write('Overlay=maybe\n');
      assert.deepEqual(await until('a problem after saving', () => problems(main)), [
        "installed mkosi: Error 4 <maybe> Invalid boolean literal: 'maybe'",
      ]);
    } finally {
      await settings.update('mkosi.checkOnSave', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('shows the effective configuration, with links to the lines it came from', async () => {
    put('project/mkosi.conf', '[Output]\nFormat=disk\n\n[Distribution]\nRelease=trixie\n');
    const main = path.join(home, 'project/mkosi.conf');
    const images = [
      { Image: 'base', Files: [], Release: 'trixie' },
      { Image: 'main', Files: [main], Format: 'disk', Release: 'trixie', Bootable: 'auto' },
    ];
    answer('', 0, JSON.stringify({ Images: images, Tools: null }));
    await vscode.commands.executeCommand('nspawn.mkosi.showEffective', vscode.Uri.file(main));
    const document = await until('the view', () =>
      [vscode.window.activeTextEditor?.document].find((d) => d?.uri.scheme === 'mkosi-effective'),
    );
    assert.match(document.getText(), /# from mkosi\.conf:2\nFormat=disk\n[^]*Bootable=auto\n/);
    const links = await until('links', () =>
      vscode.commands.executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', document.uri),
    );
    const link = links.find((l) => document.getText(l.range) === 'mkosi.conf:2');
    assert.equal(link?.target?.fsPath, main);
    assert.equal(link.target.fragment, 'L2,1');
    assert.match(document.getText(), /# ---- image base ----\n\n# From the main image:\n# from mkosi\.conf:5\nRelease=trixie\n/);
    assert.equal(links.filter((l) => document.getText(l.range) === 'mkosi.conf:5').length, 2);
  });

  it('offers its verbs above the main file, not in its parts', async () => {
    const titles = async (file: string): Promise<string[]> => {
      const uri = vscode.Uri.file(path.join(home, file));
      await vscode.workspace.openTextDocument(uri);
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
      return lenses.flatMap((l) => l.command?.title ?? []);
    };
    put('project/mkosi.images/a/mkosi.conf', '[Content]\n');
    assert.deepEqual(await until('lenses', () => titles('project/mkosi.conf')), [
      'Build Image',
      'Show Summary',
      'Shell in Image',
      'Boot Image',
      'Boot Image in Virtual Machine',
      'Check with mkosi',
    ]);
    assert.deepEqual(await titles('project/mkosi.images/a/mkosi.conf'), []);
  });

  it('migrates mkosi.default after a preview', async () => {
    put('old/mkosi.default', '[Distribution]\nDistribution=debian\n\n[Packages]\nPackages=systemd\n');
    const old = vscode.Uri.file(path.join(home, 'old/mkosi.default')),
      target = path.join(home, 'old/mkosi.conf');
    /** Runs the command, and answers the preview with a command of VS Code's. */
    const migrate = async (reply: string): Promise<void> => {
      let over = false;
      const ended = Promise.resolve(vscode.commands.executeCommand('nspawn.mkosi.migrate', old)).then(() => {
        over = true;
      });
      await until('the preview to be answered', async () => {
        await vscode.commands.executeCommand(reply);
        return over;
      });
      await ended;
    };
    await migrate('refactorPreview.discard');
    assert.deepEqual([existsSync(old.fsPath), existsSync(target)], [true, false]);
    await migrate('refactorPreview.apply');
    await until('the new file', () => existsSync(target) && readFileSync(target, 'utf8').includes('[Content]\nPackages=systemd'));
    assert.equal(existsSync(old.fsPath), false);
  });
});
