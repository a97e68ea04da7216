import Module from 'node:module';

/** As VS Code's, as far as our room needs it. */
class MarkdownString {
  isTrusted: unknown;
  supportHtml: unknown;
  supportThemeIcons: unknown;
  constructor(public value = '') {}
  appendMarkdown(text: string): this {
    this.value += text;
    return this;
  }
}

class TreeItem {
  constructor(
    readonly label: unknown,
    readonly collapsibleState?: number,
  ) {}
}

class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color?: unknown,
  ) {}
}

class ThemeColor {
  constructor(readonly id: string) {}
}

/** A call, by the name of the function, with its arguments. */
export type Call = readonly [name: string, ...given: unknown[]];

/** What a VS Code would have been told to show. @param answer what each question is answered by */
export function fakeVscode(answer: (call: Call) => unknown = () => undefined) {
  const calls: Call[] = [],
    items: Record<string, unknown>[] = [];
  const told =
    (name: string) =>
    (...given: unknown[]): Promise<unknown> => {
      const call: Call = [name, ...given];
      calls.push(call);
      return Promise.resolve(answer(call));
    };
  const names = [
    'showInformationMessage',
    'showWarningMessage',
    'showErrorMessage',
    'showQuickPick',
    'showInputBox',
    'showOpenDialog',
    'showSaveDialog',
    'setStatusBarMessage',
    'createTerminal',
  ];
  return {
    calls,
    items,
    api: {
      MarkdownString,
      TreeItem,
      ThemeIcon,
      ThemeColor,
      TreeItemCollapsibleState: { None: 0, Collapsed: 1, Expanded: 2 },
      StatusBarAlignment: { Left: 1, Right: 2 },
      InputBoxValidationSeverity: { Info: 1, Warning: 2, Error: 3 },
      DocumentLink: class {
        constructor(
          readonly range: unknown,
          readonly target: unknown,
        ) {}
      },
      FileSystemError: class extends Error {
        static NoPermissions = (text: string): Error => new Error(text);
      },
      commands: { executeCommand: told('executeCommand') },
      window: {
        ...Object.fromEntries(names.map((name) => [name, told(name)])),
        createStatusBarItem: () => {
          const item: Record<string, unknown> = { show: () => undefined, hide: () => undefined, dispose: () => undefined };
          items.push(item);
          return item;
        },
      },
    },
  };
}

/** Has modules that are loaded from now on find this as `vscode`. @returns what ends that */
export function standIn(api: object): () => void {
  const loader = Module as unknown as { _load: (id: string, ...rest: unknown[]) => unknown },
    load = loader._load;
  loader._load = (id, ...rest) => (id === 'vscode' ? api : load(id, ...rest));
  return () => {
    loader._load = load;
  };
}

/** Every text in what VS Code was told, at any depth. */
export function textsIn(told: unknown): string[] {
  if (typeof told === 'string') return [told];
  return typeof told === 'object' && told !== null ? Object.values(told).flatMap(textsIn) : [];
}
