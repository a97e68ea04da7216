import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type * as vscode from 'vscode';
import { commands } from './host';
import * as language from './language/contributions';
import * as machines from './machines/commands/contributions';
import * as mkosi from './mkosi/contributions';
import { nameOf } from './ui/contribution';
import { acceptingVscode } from './ui/testing/activation';
import { standIn } from './ui/testing/vscode';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { command: string; title: string }[];
    readonly menus: Readonly<Record<string, readonly { command: string; when: string }[]>>;
    readonly viewsWelcome: readonly { contents: string; when: string }[];
  };
}

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const contributed = contributes.commands.map(({ command }) => command);
const internal = Object.values({ ...machines.internalCommands, ...mkosi.internalCommands }) as readonly string[];

describe('the commands of package.json', () => {
  const { api, registered } = acceptingVscode();
  let end: () => void;
  let allCommands: typeof import('./machines/commands')['allCommands'];
  before(async () => {
    end = standIn(api);
    const { activate } = await import('./extension');
    activate({
      subscriptions: [],
      extensionPath: path.resolve('.'),
      globalState: { get: () => undefined },
    } as unknown as vscode.ExtensionContext);
    ({ allCommands } = await import('./machines/commands'));
  });
  after(() => end());

  it('are all registered, each once', () => {
    assert.ok(registered.length > 50);
    const missing = contributed.filter((id) => !registered.includes(id));
    assert.deepEqual(
      missing,
      [],
      `${missing.join(', ')}: in package.json, but nothing registers it. Call vscode.commands.registerCommand for it, or remove its contribution.`,
    );
    assert.deepEqual([...registered].sort(), [...new Set(registered)].sort(), 'a command is registered twice');
  });

  it('are all that is registered, except internal ones', () => {
    const missing = registered.filter((id) => !contributed.includes(id) && !internal.includes(id));
    assert.deepEqual(
      missing,
      [],
      `${missing.join(', ')}: registered, but not in package.json. Run \`npm run generate\`; its data is a presentation in host/commands, or an entry of a contributions.ts (internalCommands there, if no user is to call it).`,
    );
    for (const id of internal)
      assert.ok(registered.includes(id), `${id}: nothing registers this internal command. Remove it from internalCommands.`);
  });

  it('have their titles from the data that terminals, pickers and messages use too', () => {
    for (const { id, title } of allCommands()) {
      const entry = contributes.commands.find(({ command }) => command === id);
      assert.equal(entry && nameOf(entry), title, id);
    }
    const all = [...machines.contributions, ...mkosi.contributions, ...language.contributions];
    for (const { title } of all) assert.doesNotMatch(title, /^[a-z]|\.\.\.|\s$/, `${title} is not a title as VS Code wants it`);
  });

  it('ask only for context keys that the client sets', () => {
    const sources = ['machines/views/sidebar', 'machines/views/context-keys', 'machines/views/transfers-view', 'mkosi/projects'].map(
      (file) => readFileSync(`client/src/${file}.ts`, 'utf8'),
    );
    const clauses = [...Object.values(contributes.menus).flat(), ...contributes.viewsWelcome].map(({ when }) => when);
    const keys = new Set(clauses.flatMap((when) => when.replaceAll(/(view|focusedView) (==|=~) \S+/g, '').match(/nspawn\.[\w.]+/g) ?? []));
    assert.ok(keys.size > 8);
    for (const key of keys)
      assert.ok(
        sources.some((text) => text.includes(`'${key}'`)),
        `no file that sets context keys sets ${key}, so its when clause is never true`,
      );
  });

  it('are linked in empty views by ids that exist', () => {
    const linked = contributes.viewsWelcome.flatMap(({ contents }) =>
      [...contents.matchAll(/\(command:(nspawn[\w.]+)\)/g)].map(([, id]) => id ?? ''),
    );
    assert.ok(linked.length > 8);
    for (const id of linked) assert.ok(contributed.includes(id), id);
  });

  it('run without options where no code asks for them, and say what they destroy where they do', () => {
    for (const { id, spec, confirmation } of allCommands()) {
      if (spec.destroys)
        assert.ok(confirmation, `${id} destroys something: give it a confirmation that says what (machine-commands.ts, image-commands.ts)`);
    }
    for (const { id, spec, prepare } of allCommands()) {
      if (prepare.length > 1) continue; // it asks
      const { argv } = commands[spec.id as 'start'];
      assert.doesNotThrow(
        () => argv(spec.needs === 'nothing' ? [] : ['web'], undefined),
        `${id} has options that no code asks for: add a commandWithOptions to machine-commands.ts or image-commands.ts`,
      );
    }
  });
});
