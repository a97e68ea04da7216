import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { until } from './until';

describe('in VS Code, a file that only root may move', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'move-suite-')),
    searched = process.env.PATH;
  after(() => {
    process.env.PATH = searched;
    rmSync(home, { recursive: true });
  });

  it('is installed by sudo in a terminal, without a shell in between, and stays where it was', async () => {
    assert.notEqual(process.getuid?.(), 0, 'this test is about people who are not root');
    const sudo = path.join(home, 'sudo'),
      said = path.join(home, 'argv'),
      shown = path.join(home, 'shown');
    writeFileSync(
      sudo,
      `#!/bin/sh\nfor word; do case "$word" in */settings) cat "$word" > '${shown}'; stat -c %a "$word" "$\{word%/*}" >> '${shown}';; esac; done\n` +
        `printf '%s|' "$@" > '${said}.new'; mv '${said}.new' '${said}'\nexit 1\n`,
    );
    chmodSync(sudo, 0o755);
    process.env.PATH = `${home}:${searched ?? ''}`;
    const file = path.join(home, 'odd $(touch x) name.nspawn'),
      target = '/etc/systemd/nspawn/elsewhere.nspawn';
    writeFileSync(file, '[Exec]\nBoot=yes\n');
    await vscode.commands.executeCommand('nspawn.moveSettings', vscode.Uri.file(file).toString(), target, { confirmed: () => true });
    const argv = (await until('sudo to be asked', () => existsSync(said) && readFileSync(said, 'utf8'))).split('|');
    const [dashes, env, electron, node, script = '', verb, source = '', ...rest] = argv;
    assert.deepEqual(
      [dashes, env, electron, node, verb, ...rest],
      ['--', 'env', 'ELECTRON_RUN_AS_NODE=1', process.execPath, 'install-settings', target, 'absent', ''],
    );
    assert.ok(path.isAbsolute(script) && script.endsWith('/client/dist/install-settings.js') && existsSync(script), script);
    // What root opens is a private copy of the text that was shown, and never the path of the user.
    assert.equal(readFileSync(shown, 'utf8'), '[Exec]\nBoot=yes\n600\n700\n');
    assert.equal(existsSync(path.dirname(source)), false);
    assert.ok(existsSync(file));
    assert.equal(existsSync(target), false);
  });
});
