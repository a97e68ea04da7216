import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { until } from './until';

describe('in VS Code, a file that only root may move', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'move-suite-')), searched = process.env.PATH;
  after(() => {
    process.env.PATH = searched;
    rmSync(home, { recursive: true });
  });

  it('is installed by sudo in a terminal, without a shell in between, and stays where it was', async () => {
    assert.notEqual(process.getuid?.(), 0, 'this test is about people who are not root');
    const sudo = path.join(home, 'sudo'), said = path.join(home, 'argv');
    writeFileSync(sudo, `#!/bin/sh\nprintf '%s|' "$@" > '${said}'\nexit 1\n`);
    chmodSync(sudo, 0o755);
    process.env.PATH = `${home}:${searched ?? ''}`;
    const file = path.join(home, 'odd $(touch x) name.nspawn'), target = '/etc/systemd/nspawn/elsewhere.nspawn';
    writeFileSync(file, '[Exec]\nBoot=yes\n');
    await vscode.commands.executeCommand('nspawn.moveSettings', vscode.Uri.file(file).toString(), target, { confirmed: () => true });
    assert.equal(await until('sudo to be asked', () => existsSync(said) && readFileSync(said, 'utf8')),
      `--|install|-D|--mode=644|--no-target-directory|--|${file}|${target}|`);
    assert.ok(existsSync(file));
    assert.equal(existsSync(target), false);
  });
});
