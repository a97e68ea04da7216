import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { globSync } from './support/glob.mjs';

/** The layers of the server, lowest first: a layer may import from itself and from lower ones. */
const serverRooms = ['syntax', 'schema', 'values', 'model', 'rules', 'families', 'features', 'convert'];
/** What a folder of the client may import from besides itself. */
const clientRooms: Readonly<Record<string, readonly string[]>> = {
  host: [],
  ui: [],
  machines: ['host', 'ui'],
  mkosi: ['host', 'ui'],
  language: ['host', 'ui'],
};
/** What both sides use: how untrusted files are read, and how files are written. */
const shared = 'server/src/node/shared/';
/** The requests between both sides: types and names. It imports nothing, so that any folder may import it. */
const protocol = 'server/src/protocol';
/** The folders at the edge of the server: what may touch a disk, a process or a connection. They are above all layers. */
const edge = ['node', 'lsp', 'cli'];
const atEdge = (file: string): boolean => edge.some((name) => file.startsWith(`server/src/${name}/`));

interface Import {
  readonly file: string;
  readonly from: string;
}

/** Every import of a file, also of types and by import(). */
function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+|\brequire\s*\(\s*)'([^']+)'/g);
  return [...found].map((m) => ({ file, from: m[1] ?? '' }));
}

const sources = globSync('.', ['client/src', 'server/src'], /\.ts$/).filter((f) => !/\.(test|e2e|d)\.ts$|\/testing\//.test(f));
const imports = sources.flatMap(importsOf);

/** Where a relative import leads, without extension; the name itself for a package. */
const target = ({ file, from }: Import): string => (from.startsWith('.') ? path.posix.join(path.posix.dirname(file), from) : from);

/** The source that an import leads to; undefined for a package and for data. */
const fileOf = (at: string): string | undefined => [`${at}.ts`, `${at}/index.ts`].find((file) => sources.includes(file));

/** The folder that a path lies in or is; undefined for a file directly in `src`. */
const room = (at: string, side: string): string | undefined => {
  const name = new RegExp(`^${side}/src/([^/]+)`).exec(at)?.[1];
  return name === undefined || name.endsWith('.ts') || (sources.includes(`${at}.ts`) && !at.includes(`${name}/`)) ? undefined : name;
};

describe('architecture', () => {
  it('finds the sources and their imports', () => {
    assert.ok(sources.length > 30);
    assert.ok(imports.length > 80);
  });

  it('has no circles', () => {
    const next = new Map(
      sources.map((file) => [file, new Set(imports.filter((i) => i.file === file).flatMap((i) => fileOf(target(i)) ?? []))]),
    );
    // What nothing else imports is taken away until only circles, and what hangs on them, are left.
    const left = new Set(sources);
    for (let before = -1; before !== left.size; ) {
      before = left.size;
      for (const file of left) if (![...(next.get(file) ?? [])].some((other) => left.has(other))) left.delete(file);
    }
    assert.deepEqual([...left], [], 'these files import each other, or a circle: move what both need to a file of its own');
  });

  it('lets only the client know vscode, and of the client not the host library', () => {
    for (const i of imports.filter(({ from }) => from === 'vscode' || from.startsWith('vscode-languageclient'))) {
      assert.match(i.file, /^client\/src\//, i.file);
      assert.doesNotMatch(i.file, /^client\/src\/host\//, i.file);
    }
  });

  it('keeps client and server apart', () => {
    for (const i of imports.filter((each) => !target(each).startsWith(shared) && target(each) !== protocol)) {
      assert.equal(target(i).startsWith(i.file.startsWith('client') ? 'server/' : 'client/'), false, `${i.file} imports ${i.from}`);
    }
  });

  it('has nothing but types in what both sides know of their requests', () => {
    assert.deepEqual(
      imports.filter(({ file }) => file === `${protocol}.ts`),
      [],
    );
    const text = readFileSync(`${protocol}.ts`, 'utf8');
    assert.doesNotMatch(text, /^export (?!interface |type )/m);
    for (const i of imports.filter((each) => target(each) === protocol)) {
      assert.match(
        readFileSync(i.file, 'utf8'),
        new RegExp(`(import|export) type [^;]*from '${i.from}'`),
        `${i.file} imports more than types`,
      );
    }
  });

  it('lets the rooms of the server look down only', () => {
    for (const i of imports) {
      const here = room(i.file, 'server'),
        there = room(target(i), 'server');
      if (here === undefined || !i.from.startsWith('.') || target(i) === protocol) continue;
      if (edge.includes(here)) {
        assert.ok(there === undefined || !edge.includes(there) || edge.indexOf(there) <= edge.indexOf(here), `${i.file} imports ${i.from}`);
        continue;
      }
      assert.ok(there !== undefined, `${i.file} imports ${i.from}, which is above every room`);
      assert.ok(serverRooms.includes(here), `${here} is no room of the plan`);
      assert.ok(serverRooms.indexOf(there) <= serverRooms.indexOf(here), `${i.file} imports ${i.from}`);
    }
  });

  it('lets the rooms of the client look at the host and at what speaks to people only', () => {
    for (const i of imports) {
      const here = room(i.file, 'client'),
        there = room(target(i), 'client');
      if (here === undefined || !i.from.startsWith('.') || target(i).startsWith(shared) || target(i) === protocol) continue;
      assert.ok(there !== undefined, `${i.file} imports ${i.from}, which is above every room`);
      assert.ok(there === here || clientRooms[here]?.includes(there), `${i.file} imports ${i.from}`);
    }
  });

  it('asks only what is about one kind of file by its nature which kind a file is', () => {
    // What is about one tool: the record of a kind, its rules, its model, its grammars, and the conversion from one to another.
    const about = /^server\/src\/(families|convert|(rules|model)\/(nspawn|mkosi)|values\/mkosi)\//;
    const kind = String.raw`'(?:systemd-nspawn|nspawn|mkosi|mkosi-legacy)'`,
      record = String.raw`(?:families\b|(?:nspawn|mkosi|mkosiLegacy)\b)`;
    const branches = new RegExp(
      [
        String.raw`[=!]==? ${kind}`,
        String.raw`${kind} [=!]==?`,
        String.raw`\bcase ${kind}`,
        String.raw`\.(?:schema|format|edition|kind|family) [=!]==? ${record}`,
        String.raw`\[${kind}[^\]]*\]\.(?:includes|some)\(`,
        String.raw`\blanguageId [=!]==?`,
        String.raw`\b(?:kind|tool|languageId)\.startsWith\('(?:mkosi|nspawn)`,
        String.raw`\.endsWith\('\.nspawn'`,
        String.raw`\bdata\.tool [=!]==?`,
        String.raw`\bgrammars [=!]==?`,
        // Releases with and without sections of conditions are schemas of mkosi.
        String.raw`\.modern\b`,
      ].join('|'),
      'g',
    );
    assert.deepEqual(
      [
        "kind === 'nspawn'",
        "'mkosi' !== tool",
        "case 'mkosi-legacy':",
        'edition.schema === mkosi',
        "['mkosi'].includes(",
        'edition.modern',
      ].filter((text) => text.match(branches) === null),
      [],
    );
    const found = sources
      .filter((file) => file.startsWith('server/src/') && !about.test(file))
      .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(branches)].map(([text]) => `${file}: ${text}`));
    assert.deepEqual(found, [], 'ask a fact of the schema (schema/readers.ts) or of the family (families/family.ts) by its name instead');
  });

  it('keeps disks, processes and connections out of the rooms of the server', () => {
    for (const i of imports.filter(({ file }) => file.startsWith('server/') && !atEdge(file))) {
      assert.doesNotMatch(i.from, /^node:|^vscode-languageserver(\/.*)?$|^(fs|net|child_process)$/, `${i.file} imports ${i.from}`);
    }
  });

  it('opens a file for its text in the server in the shared room only', () => {
    const readers = ['readFile', 'readFileSync', 'createReadStream', 'open', 'openSync', 'openAsBlob'];
    for (const file of sources.filter((f) => f.startsWith('server/') && !f.startsWith(shared))) {
      const text = readFileSync(file, 'utf8');
      assert.doesNotMatch(
        text,
        /import\s+(\*|\w+)\s.*'(node:)?fs(\/promises)?'/,
        `${file} takes all of fs, so that nobody sees what it opens`,
      );
      for (const [, names = ''] of text.matchAll(/import\s*\{([^}]*)\}\s*from\s*'(?:node:)?fs(?:\/promises)?'/g)) {
        const own = names
          .split(',')
          .map((name) => name.trim().split(/\s+as\s+/)[0] ?? '')
          .filter((name) => readers.includes(name));
        // Standard input is not a path.
        for (const name of own)
          assert.doesNotMatch(
            text,
            new RegExp(`\\b${name}\\((?!0\\b)`),
            `${file} calls ${name}: a file that somebody else made is read by small-file.ts`,
          );
      }
    }
  });

  it('lets the shared room look at nothing but Node', () => {
    for (const i of imports.filter(({ file }) => file.startsWith(shared))) {
      assert.ok(i.from.startsWith('node:') || target(i).startsWith(shared), `${i.file} imports ${i.from}`);
    }
  });

  it('reads files in the client through the reader of small files only', () => {
    // What opens a path, also by way of VS Code.
    const opening =
      /\b(readFile(Sync)?|createReadStream|openSync|openAsBlob|readv?Sync|readdir(Sync)?|opendirSync|openTextDocumentSync)\s*\(|\bfs\.(open|readDirectory)\s*\(/g;
    const allowed: Readonly<Record<string, readonly string[]>> = {
      // It offers files to VS Code under that name.
      'client/src/machines/commands/settings-editor.ts': ['readFile('],
    };
    for (const file of sources.filter((f) => f.startsWith('client/src/'))) {
      const found = [...readFileSync(file, 'utf8').matchAll(opening)].map(([text]) => text);
      assert.deepEqual([...new Set(found)], allowed[file] ?? [], file);
      for (const [, names = ''] of readFileSync(file, 'utf8').matchAll(/import \{([^}]*)\} from 'node:fs(?:\/promises)?'/g)) {
        for (const name of names.split(',').map((n) => n.trim())) {
          assert.doesNotMatch(
            name,
            /^(readFile|readFileSync|createReadStream|open|openSync|readdir|readdirSync|opendirSync)$/,
            `${file} imports ${name}`,
          );
          if (name === 'opendir') assert.equal(file, 'client/src/host/folder.ts');
        }
      }
    }
  });

  it('keeps the D-Bus package behind one file', () => {
    const users = new Set(imports.filter(({ from }) => from.startsWith('dbus-native')).map(({ file }) => file));
    assert.equal(users.size, 1, [...users].join());
  });

  it('keeps the front door small', () => {
    assert.ok(readFileSync('client/src/extension.ts', 'utf8').split('\n').length < 100);
  });

  it('has no file that cannot be read in one sitting', () => {
    for (const file of sources) assert.ok(readFileSync(file, 'utf8').split('\n').length <= 600, file);
  });
});
