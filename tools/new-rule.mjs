// Makes a rule: its code, its page and a fixture, all to be filled in where they say TODO, and what is generated from rules.
//   npm run new:rule NAME [-- --for nspawn|mkosi|common]
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { constantOf, folders, source } from './generate/rules.mjs';
import { staleFiles } from './generate.mjs';
import { root } from './setup.mjs';

const code = (id) => `import { assignmentSpan } from '../../model/assignments';
import type { Rule } from '../rule';

/** TODO: what it finds, and the source, such as "systemd v262 nspawn.c:5121". */
export const ${constantOf(id)}: Rule = {
  id: '${id}',
  summary: 'TODO: what it finds, one sentence without a full stop',
  verdicts: ['advice'],
  about: ['TODO'],
  *check({ assignments }) {
    for (const entry of assignments.named('TODO')) {
      yield { ...assignmentSpan(entry), verdict: 'advice', message: 'TODO: what happens, why, and what to do' };
    }
  },
};
`;

const page = (id, language) => `# ${id}

TODO: what the rule finds.

## What happens

- **advice**: TODO: what the tool does, in which versions.

## Wrong

\`\`\`${language}
TODO
\`\`\`

## Right

\`\`\`${language}
TODO
\`\`\`

## Why

TODO: why the tool does that.

## How to fix it

TODO: what to write instead.
`;

const fixture = (id) => `[TODO]
# want ${id} "TODO: a part of the message"
TODO=1
`;

/** The files of a new rule: paths below the root, and their texts. @param {string} id @param {string} folder of the rules @returns {[string, string][]} */
export function filesOf(id, folder) {
  const tool = folder === 'mkosi' ? 'mkosi' : 'nspawn';
  const name = tool === 'mkosi' ? `${id}/mkosi.conf` : `${id}.nspawn`;
  return [
    [`${source}/${folder}/${id}.ts`, code(id)],
    [`docs/rules/${id}.md`, page(id, tool)],
    [`${source}/${folder}/fixtures/${name}`, fixture(id)],
  ];
}

/** Why such a rule cannot be created. @param {string | undefined} id @param {string} folder @returns {string | undefined} */
export function refusal(id, folder) {
  if (id === undefined || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) return 'A rule needs a name of lower-case words, such as bridge-and-zone';
  if (!Object.hasOwn(folders, folder)) return `There are no rules for ${folder}; use ${Object.keys(folders).join(', ')}`;
  const taken = Object.keys(folders)
    .flatMap((each) => filesOf(id, each))
    .find(([file]) => existsSync(path.join(root, file)));
  return taken && `There is ${taken[0]} already`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { for: { type: 'string', default: 'nspawn' } } });
  const [id] = positionals;
  const problem = refusal(id, values.for);
  if (problem !== undefined) {
    console.error(`${problem}\nUsage: npm run new:rule NAME [-- --for ${Object.keys(folders).join('|')}]`);
    process.exit(2);
  }
  const write = (file, text) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
    console.log(`wrote ${file}`);
  };
  for (const [file, text] of filesOf(id, values.for)) write(file, text);
  await staleFiles(write);
  console.log('\nNow replace each TODO, run `npm run generate`, and `npm run test:unit rules docs.test` until it is green.');
}
