import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { until } from './until';

describe('in VS Code, quick fixes', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'fixes-suite-'));
  const open = async (file: string, text: string): Promise<vscode.TextDocument> => {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    await vscode.window.showTextDocument(document);
    return document;
  };
  const codes = (document: vscode.TextDocument): unknown[] =>
    vscode.languages.getDiagnostics(document.uri).map(({ code }) => (typeof code === 'object' ? code.value : code));
  /** What the light bulb offers on a line, by title. */
  const action = (document: vscode.TextDocument, line: number, title: string, kind?: vscode.CodeActionKind): Promise<vscode.CodeAction> =>
    until(`the action "${title}"`, async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        document.lineAt(line).range,
        kind?.value,
      );
      return actions.find((a) => a.title === title);
    });
  /** The effect of choosing an action. */
  const choose = async ({ edit, command }: vscode.CodeAction): Promise<void> => {
    if (edit !== undefined) assert.ok(await vscode.workspace.applyEdit(edit));
    if (command !== undefined)
      await vscode.commands.executeCommand(command.command, ...((command.arguments as unknown[] | undefined) ?? []));
  };

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(home, { recursive: true });
  });

  it('write what was meant', async () => {
    const document = await open(path.join(home, 'a.nspawn'), '[Exec]\nCapability=CAP_NET_ADMNI\nSystemCallFilter=mout\n');
    await until('diagnostics', () => codes(document).length === 2);
    await choose(await action(document, 1, 'Change to CAP_NET_ADMIN'));
    await choose(await action(document, 2, 'Change to mount'));
    assert.equal(document.getText(), '[Exec]\nCapability=CAP_NET_ADMIN\nSystemCallFilter=mount\n');
    await until('no diagnostic', () => codes(document).length === 0);
  });

  it('move a line to its section', async () => {
    const document = await open(path.join(home, 'b.nspawn'), '[Exec]\nBind=/srv\nBoot=yes\n\n[Files]\nReadOnly=yes\n');
    await until('a diagnostic', () => codes(document).includes('wrong-section'));
    await choose(await action(document, 1, 'Move to [Files]'));
    assert.equal(document.getText(), '[Exec]\nBoot=yes\n\n[Files]\nReadOnly=yes\nBind=/srv\n');
    await until('no diagnostic', () => codes(document).length === 0);
  });

  it('move a line to another file', async () => {
    const main = await open(path.join(home, 'whole/mkosi.conf'), '[Output]\nFormat=disk\n');
    const document = await open(path.join(home, 'whole/mkosi.images/base.conf'), '[Distribution]\nDistribution=debian\n');
    await until('a diagnostic', () => codes(document).includes('wrong-image'));
    await choose(await action(document, 1, 'Move the line to mkosi.conf of the main image'));
    assert.deepEqual(
      [document.getText(), main.getText()],
      ['[Distribution]\n', '[Output]\nFormat=disk\n\n[Distribution]\nDistribution=debian\n'],
    );
    await until('no diagnostic', () => !codes(document).includes('wrong-image'));
  });

  it('silence a rule with a comment', async () => {
    const document = await open(path.join(home, 'c.nspawn'), '[Exec]\nBoots=yes\n');
    await until('a diagnostic', () => codes(document).includes('unknown-setting'));
    await choose(await action(document, 1, 'Silence unknown-setting on this line'));
    assert.equal(document.getText(), '[Exec]\n# nspawn-ignore: unknown-setting\nBoots=yes\n');
    await until('no diagnostic', () => codes(document).length === 0);
  });

  it('mend everything at once, asked for and on saving', async () => {
    const text = '[Exec]\nBoots=yes\nTimezone=coppy\n',
      mended = '[Exec]\nBoot=yes\nTimezone=copy\n';
    const document = await open(path.join(home, 'd.nspawn'), text);
    await until('diagnostics', () => codes(document).length === 2);
    await choose(await action(document, 0, 'Fix all that has one answer', vscode.CodeActionKind.SourceFixAll));
    assert.equal(document.getText(), mended);

    const other = await open(path.join(home, 'e.nspawn'), text);
    await until('diagnostics', () => codes(other).length === 2);
    const settings = vscode.workspace.getConfiguration('editor', { languageId: 'nspawn' });
    await settings.update('codeActionsOnSave', { 'source.fixAll': 'explicit' }, vscode.ConfigurationTarget.Global, true);
    try {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(other.uri, new vscode.Position(3, 0), '# saved\n');
      assert.ok(await vscode.workspace.applyEdit(edit));
      await until('the file to be saved with its fixes', async () => {
        await vscode.window.showTextDocument(other);
        await vscode.commands.executeCommand('workbench.action.files.save');
        return !other.isDirty && other.getText() === `${mended}# saved\n`;
      });
    } finally {
      await settings.update('codeActionsOnSave', undefined, vscode.ConfigurationTarget.Global, true);
    }
  });

  it('are there for mkosi as well', async () => {
    const document = await open(path.join(home, 'project/mkosi.conf'), '[Output]\nFormat=dsik\n');
    await until('a diagnostic', () => codes(document).includes('bad-value'));
    await choose(await action(document, 1, 'Change to disk'));
    assert.equal(document.getText(), '[Output]\nFormat=disk\n');
  });

  it('move a file that lies beside its image to where nspawn trusts it', async () => {
    const user = path.join(home, 'user'),
      file = path.join(user, '.local/state/machines/web.nspawn'),
      target = path.join(user, '.config/systemd/nspawn/web.nspawn');
    const before = process.env.HOME;
    process.env.HOME = user;
    try {
      const document = await open(file, '[Files]\nBind=/srv\n');
      await until('a diagnostic', () => codes(document).includes('untrusted'));
      await choose(await action(document, 1, `Move the file to ${target}`));
      await until('the file to be there', () => existsSync(target) && !existsSync(file));
      const moved = await until('it to be shown', () => [vscode.window.activeTextEditor?.document].find((d) => d?.uri.fsPath === target));
      assert.equal(moved.getText(), '[Files]\nBind=/srv\n');
    } finally {
      process.env.HOME = before;
    }
  });

  it('move no file to anywhere else', async () => {
    const document = await open(path.join(home, 'f.nspawn'), '[Exec]\nBoot=yes\n'),
      target = path.join(home, 'g.nspawn');
    await vscode.commands.executeCommand('nspawn.moveSettings', document.uri.toString(), target);
    await vscode.commands.executeCommand('nspawn.moveSettings', document.uri.toString(), '/etc/systemd/nspawn/../x.nspawn');
    assert.deepEqual([existsSync(document.uri.fsPath), existsSync(target)], [true, false]);
  });
});
