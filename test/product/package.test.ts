import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly activationEvents: readonly string[];
  readonly main: string;
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string; readonly category?: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
    readonly languages: readonly { readonly id: string; readonly configuration: string }[];
  };
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const vsix = `${manifest.name}-${manifest.version}.vsix`;

/** The files in a zip archive, from its central directory: names, and what gives their bytes. */
function filesIn(archive: string): Map<string, () => Buffer> {
  const bytes = readFileSync(archive),
    files = new Map<string, () => Buffer>();
  let at = bytes.readUInt32LE(bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1') + 16);
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const length = bytes.readUInt16LE(at + 28),
      size = bytes.readUInt32LE(at + 20),
      local = bytes.readUInt32LE(at + 42),
      stored = bytes.readUInt16LE(at + 10) === 0;
    files.set(bytes.toString('utf8', at + 46, at + 46 + length), () => {
      const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28),
        packed = bytes.subarray(start, start + size);
      return stored ? packed : inflateRawSync(packed);
    });
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return files;
}

const namesIn = (archive: string): string[] => [...filesIn(archive).keys()];

/** Folders of the packages that esbuild puts into the bundles, as it says when it is asked again. */
function bundledFolders(): string[] {
  const ask = `import { build } from 'esbuild';
    import { bundles } from './tools/build.mjs';
    for (const options of bundles()) {
      const { metafile } = await build({ ...options, write: false, metafile: true });
      for (const { inputs } of Object.values(metafile.outputs)) for (const [file, { bytesInOutput }] of Object.entries(inputs)) if (bytesInOutput > 0) console.log(file);
    }`;
  const files = execFileSync(process.execPath, ['--input-type=module', '-e', ask], { encoding: 'utf8', maxBuffer: 1 << 26 }).split('\n');
  const folders = files.flatMap((file) => {
    const parts = file.split('/'),
      last = parts.lastIndexOf('node_modules');
    return last < 0 ? [] : parts.slice(0, last + (parts[last + 1]?.startsWith('@') === true ? 3 : 2)).join('/');
  });
  return [...new Set(folders)].sort();
}

describe('package', () => {
  it('is small', () => assert.ok(statSync(vsix).size < 600_000, `${statSync(vsix).size} bytes`));

  it('holds what is wanted and nothing else', () => {
    const allowed = [
      /^\[Content_Types\]\.xml$/,
      /^extension\.vsixmanifest$/,
      /^extension\/(package\.json|readme\.md|changelog\.md|LICENSE\.txt|SECURITY\.md|ThirdPartyNotices\.txt|sbom\.cdx\.json)$/,
      /^extension\/(client\/dist\/(extension|terminal-wrapper|install-settings)|server\/dist\/cli)\.js$/,
      /^extension\/(syntaxes|snippets)\/[a-zA-Z.]+\.json$/,
      /^extension\/media\/[a-z/-]+\.(svg|png|md)$/,
    ];
    const names = namesIn(vsix);
    assert.ok(names.length > 12);
    assert.deepEqual(
      names.filter((n) => !allowed.some((a) => a.test(n))),
      [],
    );
    for (const must of [
      'client/dist/extension.js',
      'client/dist/terminal-wrapper.js',
      'client/dist/install-settings.js',
      'server/dist/cli.js',
      'readme.md',
      'SECURITY.md',
    ]) {
      assert.ok(names.includes(`extension/${must}`), must);
    }
  });

  it('says what is in it of others: every package that is bundled, its licence and its text, and no other', () => {
    const files = filesIn(vsix),
      text = (name: string): string => files.get(`extension/${name}`)!().toString();
    const notices = text('ThirdPartyNotices.txt'),
      folders = bundledFolders();
    assert.ok(folders.length > 5);
    const packages = folders.map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as {
        name: string;
        version: string;
        license: string;
      };
      assert.ok(notices.includes(`\n${name} ${version} (${license})\n`), name);
      const licence = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f))!;
      assert.ok(notices.includes(readFileSync(`${folder}/${licence}`, 'utf8').replaceAll('\r\n', '\n').trim()), licence);
      return { name, version, license };
    });
    assert.equal(notices.match(/^=+\n.* \(.*\)\n=+$/gm)?.length, packages.length);

    const bill = JSON.parse(text('sbom.cdx.json')) as {
      bomFormat: string;
      specVersion: string;
      metadata: { component: { name: string; version: string } };
      components: {
        name: string;
        group?: string;
        version: string;
        purl: string;
        licenses: object;
        hashes: { alg: string; content: string }[];
      }[];
    };
    assert.deepEqual(
      [bill.bomFormat, bill.specVersion, bill.metadata.component.name, bill.metadata.component.version],
      ['CycloneDX', '1.6', manifest.name, manifest.version],
    );
    const named = bill.components.map((c) => ({ name: c.group === undefined ? c.name : `${c.group}/${c.name}`, version: c.version }));
    const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
    assert.deepEqual(named.sort(byName), packages.map(({ name, version }) => ({ name, version })).sort(byName));
    for (const c of bill.components) {
      assert.match(c.purl, /^pkg:npm\/[^/]/);
      assert.match(c.hashes[0]?.content ?? '', /^[0-9a-f]{128}$/, c.name);
    }
    assert.doesNotMatch(text('sbom.cdx.json'), /registry|"serialNumber"|"timestamp"|\.tgz/);
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
