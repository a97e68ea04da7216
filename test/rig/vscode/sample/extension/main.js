// A bit of everything a user can meet, so that selftest.mjs can meet it.
'use strict';
const vscode = require('vscode');

/** @param {import('vscode').ExtensionContext} context */
exports.activate = (context) => {
  const output = vscode.window.createOutputChannel('Sample');
  output.appendLine('sample is active');

  const problems = vscode.languages.createDiagnosticCollection('sample');
  const check = (document) => {
    if (document.languageId !== 'sample') return;
    const at = document.getText().indexOf('rotten');
    const range = new vscode.Range(document.positionAt(at), document.positionAt(at + 'rotten'.length));
    const problem = new vscode.Diagnostic(range, 'This is rotten.', vscode.DiagnosticSeverity.Warning);
    Object.assign(problem, { source: 'sample', code: 'rot' });
    problems.set(document.uri, at < 0 ? [] : [problem]);
  };
  vscode.workspace.textDocuments.forEach(check);

  const marked = new Set();
  const changed = new vscode.EventEmitter();
  const fruits = {
    onDidChangeTreeData: changed.event,
    getTreeItem(fruit) {
      const item = new vscode.TreeItem(fruit);
      if (marked.has(fruit)) item.description = 'marked';
      return item;
    },
    getChildren: (fruit) => (fruit ? [] : ['apple', 'pear']),
  };

  const commands = {
    async ask() {
      const fruit = await vscode.window.showQuickPick([
        { label: 'apple', description: 'red' },
        { label: 'pear', description: 'green' },
      ]);
      const name = await vscode.window.showInputBox({ prompt: 'Name' });
      output.appendLine(`${fruit?.label} for ${name}`);
    },
    async notify() {
      output.appendLine(`answer: ${await vscode.window.showWarningMessage('The fruit is ripe.', 'Eat', 'Wait')}`);
    },
    async confirm() {
      const modal = { modal: true, detail: 'For good.' };
      output.appendLine(`confirmed: ${await vscode.window.showWarningMessage('Throw it away?', modal, 'Throw')}`);
    },
    terminal() {
      const script = 'echo apple pie; read line; echo got $line; read end';
      vscode.window.createTerminal({ name: 'fruit', shellPath: '/bin/sh', shellArgs: ['-c', script] }).show();
    },
    mark(fruit = 'apple') {
      marked.add(fruit);
      changed.fire();
    },
  };

  const provideCompletionItems = () =>
    ['apple', 'apricot', 'pear'].map((label) => ({ label, kind: vscode.CompletionItemKind.Value, detail: 'fruit' }));
  const provideHover = (document, at) => new vscode.Hover(`About **${document.getText(document.getWordRangeAtPosition(at))}**.`);

  context.subscriptions.push(
    output,
    problems,
    changed,
    vscode.workspace.onDidOpenTextDocument(check),
    vscode.workspace.onDidChangeTextDocument((event) => check(event.document)),
    vscode.languages.registerCompletionItemProvider('sample', { provideCompletionItems }),
    vscode.languages.registerHoverProvider('sample', { provideHover }),
    vscode.window.registerTreeDataProvider('sample.fruits', fruits),
    vscode.window.registerTreeDataProvider('sample.nothing', { getTreeItem: (item) => item, getChildren: () => [] }),
    ...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(`sample.${id}`, run)),
  );
};
