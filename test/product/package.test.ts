import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';

interface Manifest {
  readonly name: string; readonly version: string; readonly activationEvents: readonly string[]; readonly main: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category?: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly languages: readonly { readonly id: string; readonly configuration: string }[];
  };
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const vsix = `${manifest.name}-${manifest.version}.vsix`;

/** The names in a zip archive, from its central directory. */
function namesIn(archive: string): string[] {
  const bytes = readFileSync(archive), names: string[] = [];
  let at = bytes.readUInt32LE(bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1') + 16);
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const length = bytes.readUInt16LE(at + 28);
    names.push(bytes.toString('utf8', at + 46, at + 46 + length));
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return names;
}

describe('package', () => {
  it('is small', () => assert.ok(statSync(vsix).size < 600_000, `${statSync(vsix).size} bytes`));

  it('holds what is wanted and nothing else', () => {
    const allowed = [
      /^\[Content_Types\]\.xml$/, /^extension\.vsixmanifest$/, /^extension\/(package\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
      /^extension\/(client\/dist\/(extension|attendant|install-settings)|server\/dist\/cli)\.js$/, /^extension\/(syntaxes|snippets)\/[a-zA-Z.]+\.json$/,
      /^extension\/media\/[a-z/-]+\.(svg|png|md)$/,
    ];
    const names = namesIn(vsix);
    assert.ok(names.length > 12);
    assert.deepEqual(names.filter((n) => !allowed.some((a) => a.test(n))), []);
    for (const must of ['extension/client/dist/extension.js', 'extension/client/dist/attendant.js', 'extension/client/dist/install-settings.js', 'extension/server/dist/cli.js', 'extension/readme.md']) {
      assert.ok(names.includes(must), must);
    }
  });

  it('activates only when it is needed: by what it contributes, and where a mkosi project has to be shown', () => {
    assert.deepEqual(manifest.activationEvents, ['workspaceContains:**/mkosi.conf', 'workspaceContains:**/mkosi.default']);
  });

  it('gives every language a configuration, so that opening a file activates the extension', () => {
    for (const l of manifest.contributes.languages) assert.ok(statSync(l.configuration).isFile(), l.id);
  });

  it('has every command of a menu in the palette, under one heading', () => {
    const { commands, menus } = manifest.contributes;
    for (const c of commands) assert.ok(c.category, c.command);
    const known = new Set(commands.map((c) => c.command));
    for (const items of Object.values(menus)) for (const i of items) assert.ok(known.has(i.command), i.command);
  });

  it('names no registry and no path of a developer', () => {
    const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).trim().split('\n');
    assert.ok(files.length > 50);
    const lock = readFileSync('package-lock.json', 'utf8');
    assert.equal(lock.includes('"resolved"'), false);
  });
});
