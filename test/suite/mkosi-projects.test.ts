import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { ending, installFake, problems, task, workspace } from './mkosi-tasks';
import { until } from './until';

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The language servers of this extension host, by their process ids. */
const servers = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const parent = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
        return Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('server/dist/cli.js');
      } catch {
        return false; // it ended meanwhile
      }
    })
    .map(Number);

describe('in VS Code, projects of mkosi', () => {
  const { mkosi, uninstall } = installFake();
  const project = (name: string): vscode.Uri => vscode.Uri.file(path.join(mkosi.home, name, 'mkosi.conf'));
  /** Runs a command, and answers its quick pick by commands of VS Code's until it is over. */
  const answered = async (command: string, uri: vscode.Uri, ...replies: readonly string[]): Promise<void> => {
    let over = false;
    const ended = Promise.resolve(vscode.commands.executeCommand(command, uri)).finally(() => {
      over = true;
    });
    await until('the question to be answered', async () => {
      if (!over) for (const reply of replies) await vscode.commands.executeCommand(reply);
      return over;
    });
    await ended;
  };

  before(async () => {
    await vscode.window.showTextDocument(vscode.Uri.joinPath(workspace().uri, 'image/mkosi.conf'));
    await until('the extension to be active', () => vscode.extensions.getExtension('nspawn-tools.nspawn')?.isActive);
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    uninstall();
  });

  it('offer every verb of the release as a task, each as an argv for mkosi', async () => {
    const argv = async (): Promise<string[]> =>
      (await vscode.tasks.fetchTasks({ type: 'mkosi' })).flatMap((t) =>
        t.name.endsWith('(image)') && t.execution instanceof vscode.ProcessExecution ? t.execution.args.join(' ') : [],
      );
    const verbs = ['build', '-f build', 'clean', '-f clean', '-ff clean', 'summary', 'shell', 'boot'];
    assert.deepEqual(await until('tasks', argv), [...verbs, 'vm']);
    mkosi.release('24.3');
    await until('the verbs of 24', async () => (await argv()).includes('qemu'));
    assert.deepEqual(await argv(), [...verbs, 'qemu']);
    mkosi.release('25.3');
    const { cwd } = ((await task('build (image)')).execution as vscode.ProcessExecution).options ?? {};
    assert.equal(cwd, vscode.Uri.joinPath(workspace().uri, 'image').fsPath);
  });

  it('are built with a profile that is chosen', async () => {
    mkosi.put('profiles/mkosi.conf', '[Output]\nFormat=disk\n');
    mkosi.put('profiles/mkosi.profiles/dev.conf', '[Content]\nPackages=gdb\n');
    mkosi.put('profiles/mkosi.profiles/test/mkosi.conf', '[Content]\nPackages=strace\n');
    mkosi.release('24.3');
    await answered('nspawn.mkosi.buildWithProfiles', project('profiles'), 'workbench.action.acceptSelectedQuickOpenItem');
    const [run] = await until('the build', () => mkosi.runs().filter((r) => r.includes('--profile')));
    assert.equal(run, `${path.join(mkosi.home, 'profiles')}|--profile=dev|build|`);
    mkosi.release('25.3');
  });

  it('can be checked, and the check cancelled: mkosi ends and nothing is said', async () => {
    mkosi.put('slow/mkosi.conf', '[Output]\nFormat=disk\n');
    const wait = mkosi.put('wait', ''),
      pidFile = path.join(mkosi.home, 'pid');
    mkosi.answer("‣ 'disk' is odd\n", 1);
    const check = vscode.commands.executeCommand('nspawn.mkosi.check', project('slow'));
    const pid = Number(await until('mkosi to run', () => existsSync(pidFile) && readFileSync(pidFile, 'utf8').trim()));
    assert.ok(alive(pid));
    await vscode.commands.executeCommand('nspawn.mkosi.cancelCheck');
    await check;
    await until('mkosi to end', () => !alive(pid));
    assert.deepEqual(await problems(project('slow')), []);
    unlinkSync(wait);
    await vscode.commands.executeCommand('nspawn.mkosi.check', project('slow'));
    assert.deepEqual(await problems(project('slow')), ["installed mkosi: Error 2 <disk> 'disk' is odd"]);
    mkosi.answer('', 0);
  });

  it('are saved before mkosi reads them', async () => {
    const file = mkosi.put('unsaved/mkosi.conf', '[Output]\n');
    const edit = new vscode.WorkspaceEdit();
    edit.insert(project('unsaved'), new vscode.Position(1, 0), 'Format=disk\n');
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.equal(
      await ending(`summary (${path.join(mkosi.home, 'unsaved')})`, () =>
        vscode.commands.executeCommand('nspawn.mkosi.summary', project('unsaved')),
      ),
      0,
    );
    assert.equal(readFileSync(file, 'utf8'), '[Output]\nFormat=disk\n');
  });

  it('have an effective configuration as text too, of releases that say it only so', async () => {
    mkosi.put('older/mkosi.conf', '[Output]\nFormat=disk\n\n[Match]\nFormat=tar\n');
    mkosi.release('18');
    mkosi.answer('', 0, 'IMAGE: default\n    Output Format: disk\n');
    await vscode.commands.executeCommand('nspawn.mkosi.showEffective', project('older'));
    assert.equal(mkosi.runs().at(-1), `${path.join(mkosi.home, 'older')}|summary|`);
    const document = await until('the view', () =>
      [vscode.window.activeTextEditor?.document].find((d) => d?.uri.scheme === 'mkosi-effective'),
    );
    assert.match(document.getText(), /^# mkosi 18 .* mkosi 19 and newer [^]*# from mkosi\.conf:2\nFormat=disk\n\n[^]*IMAGE: default/);
    assert.doesNotMatch(document.getText(), /tar/);
    mkosi.release('25.3');
    mkosi.answer('', 0);
  });

  it('that mkosi refuses are refused with what it said, and with the next step', async () => {
    mkosi.put('refused/mkosi.conf', '[Output]\nFormat=disc\n');
    mkosi.answer("‣ 'disc' is not a valid OutputFormat\n", 1);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('nspawn.mkosi.showEffective', project('refused'));
    assert.equal(vscode.window.activeTextEditor, undefined);
    assert.deepEqual(await problems(project('refused')), ["installed mkosi: Error 2 <disc> 'disc' is not a valid OutputFormat"]);
    mkosi.answer('', 0);
  });

  it('of today are brought up to a newer release after a preview', async () => {
    const file = mkosi.put('modern/mkosi.conf', '[Content]\nPackageManagerTrees=tree\nPackages=systemd\n');
    mkosi.put('modern/tree/x', '');
    const settings = vscode.workspace.getConfiguration('nspawn');
    await settings.update('mkosiVersion', 27.1, vscode.ConfigurationTarget.Global);
    try {
      await answered('nspawn.mkosi.migrate', project('modern'), 'refactorPreview.apply');
      await until('the new name', () => /\[Build\]\nSandboxTrees=tree/.test(readFileSync(file, 'utf8')));
      assert.doesNotMatch(readFileSync(file, 'utf8'), /PackageManagerTrees/);
    } finally {
      await settings.update('mkosiVersion', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('have scripts that one command makes executable', async () => {
    const script = mkosi.put('scripts/mkosi.build', '#!/bin/sh\n');
    mkosi.put('scripts/mkosi.conf', '');
    assert.equal(statSync(script).mode & 0o111, 0);
    await vscode.commands.executeCommand('nspawn.mkosi.makeExecutable', { uri: vscode.Uri.file(script) });
    assert.equal(statSync(script).mode & 0o777, (statSync(script).mode & 0o666) | ((statSync(script).mode & 0o444) >> 2));
    assert.notEqual(statSync(script).mode & 0o111, 0);
  });

  it('are those of the folder above where all is in mkosi/', async () => {
    mkosi.release('26');
    mkosi.put('nested/mkosi/mkosi.conf', '[Output]\nFormat=disk\n');
    mkosi.answer("\u2023 'disk' is odd\n", 1);
    // The server is notified of the release when one of its files is shown.
    await vscode.window.showTextDocument(project('nested/mkosi'));
    await until('the folder above', async () => {
      await vscode.commands.executeCommand('nspawn.mkosi.check', project('nested/mkosi'));
      return mkosi.runs().at(-1) === `${path.join(mkosi.home, 'nested')}|--json|summary|`;
    });
    assert.deepEqual(await problems(project('nested/mkosi')), ["installed mkosi: Error 2 <disk> 'disk' is odd"]);
    mkosi.release('25.3');
    mkosi.answer('', 0);
  });

  it('are built and cleaned also when the language server is down, and what needs it executes nothing', async () => {
    const unhandled: unknown[] = [],
      note = (reason: unknown): void => {
        unhandled.push(reason);
      };
    process.on('unhandledRejection', note);
    try {
      const known = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(workspace().uri, 'image/mkosi.conf'));
      const answers = async (): Promise<boolean> =>
        ((await vscode.commands.executeCommand<unknown[] | undefined>('vscode.executeDocumentSymbolProvider', known.uri)) ?? []).length > 0;
      // A server that ends repeatedly is not restarted.
      for (let ends = 0; ends < 5; ends++) {
        await until('a server that answers', answers);
        for (const pid of servers()) process.kill(pid, 'SIGKILL');
        if (ends < 4) await until('another server', () => servers().length > 0);
      }
      await until('no server', () => servers().length === 0);

      const file = mkosi.put('down/mkosi.conf', '[Output]\nFormat=disk\n'),
        folder = path.dirname(file),
        names = (await vscode.tasks.fetchTasks({ type: 'mkosi' })).map((t) => t.name);
      assert.ok(names.includes('build (image)') && names.includes('clean (legacy)'), names.join());
      for (const verb of ['build', 'clean']) {
        assert.equal(await ending(`${verb} (${folder})`, () => vscode.commands.executeCommand(`nspawn.mkosi.${verb}`, project('down'))), 0);
        assert.equal(mkosi.runs().at(-1), `${folder}|${verb}|`);
      }
      const count = mkosi.runs().length;
      for (const command of ['check', 'showEffective', 'migrate', 'buildWithProfiles'])
        await vscode.commands.executeCommand(`nspawn.mkosi.${command}`, project('down'));
      assert.deepEqual(
        mkosi
          .runs()
          .slice(count)
          .filter((run) => !run.endsWith('|--version|')),
        [],
      );
      assert.equal(readFileSync(file, 'utf8'), '[Output]\nFormat=disk\n');
      assert.deepEqual(servers(), []);

      await vscode.commands.executeCommand('nspawn.restartLanguageServer');
      mkosi.answer("\u2023 'disk' is odd\n", 1);
      await vscode.commands.executeCommand('nspawn.mkosi.check', project('down'));
      assert.deepEqual(await problems(project('down')), ["installed mkosi: Error 2 <disk> 'disk' is odd"]);
      mkosi.answer('', 0);
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});
