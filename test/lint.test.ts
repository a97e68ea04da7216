import assert from 'node:assert/strict';
import { ESLint, Linter } from 'eslint';
import tseslint from 'typescript-eslint';

describe('the lint rules', () => {
  /** What the rules about syntax and properties say of a text, were it the file. */
  const said = async (file: string, text: string): Promise<readonly string[]> => {
    const { rules } = (await new ESLint().calculateConfigForFile(file)) as { rules: Linter.RulesRecord };
    const some = Object.fromEntries(
      ['no-restricted-syntax', 'no-restricted-properties'].flatMap((id) => (rules[id] === undefined ? [] : [[id, rules[id]]])),
    );
    return new Linter().verify(text, [{ languageOptions: { parser: tseslint.parser }, rules: some }]).map(({ message }) => message);
  };

  it('let nothing be said to people but by the room that makes it inert', async () => {
    for (const file of [
      'client/src/machines/commands/run-command.ts',
      'client/src/mkosi/index.ts',
      'client/src/language/client.ts',
      'client/src/new-room/new.ts',
      'client/src/extension.ts',
    ]) {
      for (const raw of [
        'vscode.window.showErrorMessage(text);',
        'vscode.window.showWarningMessage(text, { modal: true });',
        'void window.showInformationMessage;',
        'vscode.window["showErrorMessage"](text);',
        'const { showErrorMessage: tell } = vscode.window;',
        'vscode.window.withProgress({ title }, work);',
        'vscode.window.showQuickPick(items);',
        'vscode.window.createQuickPick();',
        'vscode.window.showInputBox({ prompt });',
        'vscode.window.createInputBox();',
        'vscode.window.showOpenDialog({});',
        'vscode.window.showSaveDialog({});',
        'vscode.window.createStatusBarItem();',
        'vscode.window.setStatusBarMessage(text);',
        'vscode.window.createTerminal({ name });',
        'new vscode.MarkdownString(text);',
        'new vscode.TreeItem(name);',
        'class Row extends vscode.TreeItem {}',
        'import { TreeItem } from "vscode";',
        'throw new vscode.FileSystemError(text);',
        'throw vscode.FileSystemError.NoPermissions(`${name} is not there`);',
        'row.description = name;',
        'row.label = name;',
        'row.tooltip = name;',
        'view.message = text;',
      ])
        assert.match((await said(file, raw)).join(), /use client\/src\/ui/, `${raw} in ${file}`);
    }
  });

  it('let that room do so, and types and what only looks alike be anywhere', async () => {
    assert.deepEqual(await said('client/src/ui/notifications.ts', 'vscode.window.showErrorMessage(inert(text));'), []);
    assert.deepEqual(
      await said(
        'client/src/machines/commands/run-command.ts',
        'function row(): vscode.TreeItem { return treeItem({ label }); } this.label = label;',
      ),
      [],
    );
  });

  it('let no command be text', async () => {
    assert.match((await said('client/src/machines/terminal.ts', 'terminal.sendText("rm");')).join(), /argv/);
  });
});
