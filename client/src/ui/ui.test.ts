import assert from 'node:assert/strict';
import { assertInert, assertUnlinked, hostile } from './testing/hostile';
import { fakeVscode, standIn, textsIn } from './testing/vscode';
import { say } from './text';

describe('what is said to people', () => {
  const vscode = fakeVscode(([name, ...given]) => {
    switch (name) {
      case 'showWarningMessage':
        return given.at(-1);
      case 'showQuickPick':
        return (given[1] as { canPickMany?: boolean }).canPickMany === true ? given[0] : (given[0] as unknown[])[0];
      default:
        return undefined;
    }
  });
  let end: () => void;
  let ui: typeof import('./notifications') & typeof import('./prompts') & typeof import('./rows') & typeof import('./terminals');
  before(async () => {
    end = standIn(vscode.api);
    ui = {
      ...(await import('./notifications')),
      ...(await import('./prompts')),
      ...(await import('./rows')),
      ...(await import('./terminals')),
    };
  });
  after(() => end());
  beforeEach(() => {
    vscode.calls.length = vscode.items.length = 0;
  });

  it('is inert in notifications, dialogs and the status bar', async () => {
    for (const [text] of hostile) {
      ui.showInfo(text);
      ui.showError(`It failed: ${text}`);
      ui.showStatus(text);
      assert.equal(await ui.notify('warning', text, 'Other', text), text, 'the button that was pressed');
      assert.equal(await ui.confirm({ message: say`Delete ${text}?`, detail: say`${text}`, button: 'Delete' }), true);
      ui.setContext('nspawn.x', 'y');
      for (const { message } of [ui.fileError(text), ui.fileError(text, 'NoPermissions')]) assertInert(message);
    }
    for (const call of vscode.calls.filter(([name]) => name !== 'executeCommand'))
      for (const text of textsIn(call)) (call[0] === 'setStatusBarMessage' ? assertInert : assertUnlinked)(text);
    assert.equal(vscode.calls.length, hostile.length * 6);
  });

  it('is inert in prompts and pickers, which give back what was meant', async () => {
    for (const [text] of hostile) {
      await ui.askText({ title: text, prompt: text, check: (typed) => (typed === '' ? text : { warning: text }) });
      const [, asked] = vscode.calls.at(-1) as [string, { validateInput: (typed: string) => unknown }];
      for (const problem of ['', 'x'].flatMap((typed) => textsIn(asked.validateInput(typed)))) assertInert(problem);
      const choices = [{ label: text, description: text, value: { name: text } }];
      assert.deepEqual(await ui.pickOne(choices, { title: text }), { name: text });
      assert.deepEqual(await ui.pickMany(choices, { title: text, placeHolder: text }), [{ name: text }]);
      await ui.chooseSource({ title: text });
      await ui.chooseTarget({ title: text });
    }
    const shown = vscode.calls.map(([name, first, ...rest]) =>
      name === 'showQuickPick'
        ? [(first as { label: string; description: string }[]).map(({ label, description }) => [label, description]), rest]
        : [first, rest],
    );
    for (const text of textsIn(shown)) assertInert(text);
  });

  it('is inert in rows, views, the status bar and terminals', () => {
    for (const [text] of hostile) {
      const item = ui.treeItem({ label: text, description: text, spoken: [text, text] });
      ui.alsoSpoken(item, text);
      const view = { message: '', description: '' };
      ui.setViewMessage(view as never, text);
      ui.describeView(view as never, text);
      new ui.StatusItem('nspawn.x', 'x').show({ icon: 'check', text, tooltip: text, command: 'x' });
      ui.openTerminal(ui.terminalOptions(text, 'play', {}));
      for (const shown of textsIn([item, { message: view.message }])) assertUnlinked(shown);
      for (const shown of textsIn([
        { description: view.description },
        vscode.items.map((of) => ({ ...(of as object), tooltip: '' })),
        vscode.calls,
        ui.documentLink({} as never, {} as never, text),
      ]))
        assertInert(shown);
      vscode.calls.length = vscode.items.length = 0;
    }
  });

  it('is neither trusted nor HTML nor icons in tooltips', () => {
    const tooltip = ui.withFacts(
      ui.table('[a](command:x)', [
        ['Unit', 'systemd-nspawn@web.service'],
        ['None', undefined],
        ['Path', '<b>$(trash)\nx'],
      ]),
      [['Host', 'www.x.org']],
    );
    assert.deepEqual([tooltip.isTrusted, tooltip.supportHtml, tooltip.supportThemeIcons], [undefined, undefined, undefined]);
    assert.equal(
      tooltip.value,
      '**`[a] (command:x)`**\n\nUnit: `systemd-nspawn@web.service`  \n' + 'Path: `<b>$ (trash)\\x0Ax`  \nHost: `www.x.org`  \n',
    );
  });

  it('is inert in what the language server wants to be said', async () => {
    const { sayForServer } = await import('../language/messages');
    type Handler = (params: object) => unknown;
    const handlers = new Map<string, Handler>(),
      on = (method: string, handler: Handler) => handlers.set(method, handler);
    sayForServer({ onNotification: on, onRequest: on } as never);
    for (const [message] of hostile) {
      handlers.get('window/showMessage')?.({ type: 1, message });
      const actions = [{ title: 'No' }, { title: message }];
      assert.equal(await handlers.get('window/showMessageRequest')?.({ type: 2, message, actions }), actions[1]);
    }
    for (const text of vscode.calls.flatMap(textsIn)) assertUnlinked(text);
    assert.equal(vscode.calls.length, hostile.length * 2);
  });
});
