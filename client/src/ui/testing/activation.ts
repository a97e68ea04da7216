/** For tests: a VS Code that accepts every call, so that the whole extension can be activated, and keeps what it registers. */

/** Anything: a function, a class, an object with every property; each of them is anything again. */
function anything(own: Readonly<Record<string, unknown>> = {}): unknown {
  const target = function any(): void {
    // Only called, constructed and asked for properties.
  };
  return new Proxy(target, {
    get: (_, key) =>
      key in own
        ? own[key as string]
        : key === 'then' || key === 'prototype' || typeof key === 'symbol'
          ? target[key as never]
          : anything(),
    set: () => true,
    apply: () => anything(),
    construct: () => anything() as object,
  });
}

/** @returns the API to load modules with, and the ids of the commands that were registered */
export function acceptingVscode(): { readonly api: object; readonly registered: string[] } {
  const registered: string[] = [];
  const commands = anything({
    registerCommand: (id: string) => {
      registered.push(id);
      return anything();
    },
    executeCommand: () => Promise.resolve(),
  });
  const window = anything({ createTreeView: () => anything({ visible: false }) });
  const workspace = anything({ textDocuments: [], workspaceFolders: [], findFiles: () => Promise.resolve([]) });
  // A bundle copies the properties of a module that it can list, and asks its prototype for all others.
  return { api: Object.create(anything({ commands, window, workspace }) as object) as object, registered };
}
