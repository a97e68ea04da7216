// Commands, menus, key bindings and texts of empty views in package.json, from the data beside the code of the client.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../setup.mjs';

/** Files that export `contributions`. They import no `vscode`: a bundle that does cannot be loaded here, and generating fails. */
const sources = [
  'client/src/machines/commands/contributions.ts',
  'client/src/mkosi/contributions.ts',
  'client/src/language/contributions.ts',
];
const welcomeSource = 'client/src/machines/views/welcome.ts';

/** @returns {Promise<[file: string, text: string][]>} */
export async function generate() {
  const contributions = (await Promise.all(sources.map(load))).flatMap((module) => module.contributions);
  const { welcomes } = await load(welcomeSource);
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  Object.assign(manifest.contributes, {
    viewsWelcome: welcomes,
    commands: contributions.map(commandOf),
    menus: menusOf(contributions),
    keybindings: contributions.flatMap(({ id, keys = [] }) => keys.map((key) => ({ command: id, ...key }))),
  });
  return [['package.json', `${JSON.stringify(manifest, null, 2)}\n`]];
}

function commandOf({ id, title, category, icon }) {
  return { command: id, title, category, ...(icon === undefined ? {} : { icon: `$(${icon})` }) };
}

/** Menus by name; in each, the order of the commands. VS Code sorts by group. */
function menusOf(contributions) {
  const menus = {};
  for (const { id, palette, menus: items = [] } of contributions) {
    if (palette !== undefined) (menus.commandPalette ??= []).push({ command: id, when: palette });
    for (const { menu, when, group } of items) (menus[menu] ??= []).push({ command: id, when, group });
  }
  return menus;
}

/** Bundles a module of the client and runs it in this process. */
async function load(source) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [source],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
  const module = { exports: {} };
  const run = new Function('module', 'exports', 'require', '__filename', outputFiles[0].text);
  run(module, module.exports, createRequire(import.meta.url), path.join(root, source));
  return module.exports;
}
