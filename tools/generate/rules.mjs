// What follows from the files of the rules: their registry, the tables in docs/rules/README.md, and the schema of the setting `nspawn.rules`.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../setup.mjs';

/**
 * @typedef {keyof typeof folders} Folder
 * @typedef {{ id: string, summary: string, verdicts: string[], folder: Folder }} RuleData
 */

/** The folders of rules, and the files that the rules in them are for. */
export const folders = {
  common: 'all files',
  nspawn: '.nspawn files',
  mkosi: 'mkosi files',
};

export const source = 'server/src/rules';
const registry = `${source}/registry.ts`;
const readme = 'docs/rules/README.md';
const note = 'Written by `npm run generate`: change the rules and run it again.';

/** The name of the constant that a rule is exported as: `badValue` for `bad-value`. @param {string} id */
export const constantOf = (id) => id.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());

/** @param {string} file below the root */
const textOf = (file) => readFileSync(path.join(root, file), 'utf8');

/** The ids of the rules in a folder, in the order of the alphabet. @param {string} folder */
const idsIn = (folder) =>
  readdirSync(path.join(root, source, folder))
    .filter((name) => /^[^.]+\.ts$/.test(name))
    .map((name) => name.slice(0, -'.ts'.length))
    .sort();

/** The folders, in the order of the documentation. @returns {Folder[]} */
const folderNames = () => /** @type {Folder[]} */ (Object.keys(folders));

/** @returns {{ folder: Folder, id: string }[]} all rules that there is a file for */
const found = () => folderNames().flatMap((folder) => idsIn(folder).map((id) => ({ folder, id })));

/** @param {string} id @param {string} folder */
const importable = (id, folder) => `{ ${constantOf(id)} } from './${folder}/${id}';\n`;

/** What registry.ts should be. @returns {string} */
function registryText() {
  const rules = found();
  const imports = rules.toSorted((a, b) => (`${a.folder}/${a.id}` < `${b.folder}/${b.id}` ? -1 : 1));
  const lists = folderNames().map((folder) => {
    const names = rules.filter((rule) => rule.folder === folder).map(({ id }) => `  ${constantOf(id)},\n`);
    return `/** Rules for ${folders[folder]}. */\nexport const ${folder}Rules: readonly Rule[] = [\n${names.join('')}];\n`;
  });
  const all = folderNames().map((folder) => `...${folder}Rules`);
  return [
    `// ${note}\n${imports.map(({ folder, id }) => `import ${importable(id, folder)}`).join('')}import type { Rule } from './rule';\n`,
    ...lists,
    `/** Every rule. */\nexport const rules: readonly Rule[] = [${all.join(', ')}];\n`,
  ].join('\n');
}

/** Runs the files of the rules. @returns {Promise<RuleData[]>} */
async function load() {
  const rules = found();
  const { outputFiles } = await build({
    stdin: {
      contents: rules.map(({ folder, id }) => `export ${importable(id, folder)}`).join(''),
      resolveDir: path.join(root, source),
      loader: 'ts',
    },
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    loader: { '.md': 'text' },
    logLevel: 'error',
  });
  const loaded = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
  return rules.map(({ folder, id }) => ({ ...loaded[constantOf(id)], folder }));
}

/** The README with the tables of the rules. @param {RuleData[]} rules @param {string} text */
function withTables(rules, text) {
  const tables = folderNames().map((folder) =>
    [
      `### Rules for ${folders[folder]}\n`,
      '| Rule | Finds | Verdicts |',
      '| --- | --- | --- |',
      ...rules
        .filter((rule) => rule.folder === folder)
        .map(({ id, summary, verdicts }) => `| [${id}](${id}.md) | ${summary} | ${verdicts.join(', ')} |`),
    ].join('\n'),
  );
  const start = `<!-- rules: ${note} -->\n`,
    end = '<!-- end of rules -->\n',
    from = text.indexOf(start),
    to = text.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`${readme} lacks the lines "${start.trim()}" and "${end.trim()}", between which the tables go`);
  return `${text.slice(0, from)}${start}\n${tables.join('\n\n')}\n\n${text.slice(to)}`;
}

/** package.json with the setting `nspawn.rules`. @param {RuleData[]} rules @param {string} text */
function withSetting(rules, text) {
  const manifest = JSON.parse(text);
  const setting = manifest.contributes.configuration.properties['nspawn.rules'];
  const { type, enum: levels } = setting.additionalProperties;
  setting.properties = Object.fromEntries(
    rules.map(({ id, summary, verdicts }) => [id, { type, enum: levels, description: `${summary} (${verdicts.join(', ')})` }]),
  );
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** @returns {Promise<[string, string][]>} */
export async function generate() {
  const rules = await load();
  return [
    [registry, registryText()],
    [readme, withTables(rules, textOf(readme))],
    ['package.json', withSetting(rules, textOf('package.json'))],
  ];
}
