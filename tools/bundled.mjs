// Third-party code in the bundles: its notices, and a bill of materials.
import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A package of which something is in a bundle. `licence`: SPDX. `texts`: its licence, then what else it wants said.
 * `hashes`: of the archive that was installed, in hexadecimal.
 * @typedef {{ name: string, version: string, licence: string, texts: string[], hashes: { alg: string, content: string }[] }} Bundled
 */

const licenceFile = /^(licen[cs]e|copying)(\.(md|txt))?$/i;
const noticeFile = /^(notice|third-?party-?notices)(\.(md|txt))?$/i;

/** Folders of the packages that put something into the bundles, e.g. `node_modules/ini`. @param {import('esbuild').Metafile[]} metafiles */
function foldersOf(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) => Object.values(outputs).flatMap((output) => Object.entries(output.inputs)));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file.replace(/^[\w-]+:/, ''))?.[0] ?? []);
  return [...new Set(folders)];
}

/** @param {string} integrity as package-lock.json has it: `sha512-…` in base64 */
const hashesOf = (integrity) =>
  integrity.split(' ').flatMap((each) => {
    const [, size, hash] = /^sha(\d+)-(.+)$/.exec(each) ?? [];
    return hash === undefined ? [] : { alg: `SHA-${size}`, content: Buffer.from(hash, 'base64').toString('hex') };
  });

/**
 * The packages in the bundles, by name.
 * @param {string} root of the checkout @param {import('esbuild').Metafile[]} metafiles of all bundles
 * @returns {Bundled[]} @throws when one of them does not say under which licence
 */
export function bundledPackages(root, metafiles) {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  return foldersOf(metafiles)
    .map((folder) => {
      const locked = packages[folder];
      if (locked === undefined) throw new Error(`${folder} is bundled, but package-lock.json does not name it. Run npm install.`);
      const { name, version, license: licence } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
      if (version !== locked.version)
        throw new Error(`${folder} is ${version}, but package-lock.json names ${locked.version}. Run npm ci.`);
      const files = readdirSync(path.join(root, folder)).sort();
      const read = (wanted) =>
        files
          .filter((f) => wanted.test(f))
          .map((f) =>
            readFileSync(path.join(root, folder, f), 'utf8')
              .replaceAll('\r\n', '\n')
              .trim(),
          );
      const licences = read(licenceFile).filter((text) => text !== '');
      if (typeof licence !== 'string' || licences.length === 0) {
        throw new Error(
          `${name} ${version} is bundled, but has no ${licences.length === 0 ? 'file with its licence' : 'licence in its package.json'}, so it may not be passed on. Use another package.`,
        );
      }
      return { name, version, licence, texts: [...licences, ...read(noticeFile)], hashes: hashesOf(locked.integrity ?? '') };
    })
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1));
}

/** The text that has to be passed on with the bundles. @param {Bundled[]} packages */
export function noticesOf(packages) {
  const rule = '='.repeat(80);
  const parts = packages.map(({ name, version, licence, texts }) =>
    [rule, `${name} ${version} (${licence})`, rule, '', texts.join('\n\n'), '', ''].join('\n'),
  );
  return ['This extension contains code of the following packages.\n\n', ...parts].join('\n');
}

/**
 * A bill of materials in CycloneDX 1.6, the same for the same bundles: neither time nor serial number.
 * @param {{ name: string, version: string, license: string }} product @param {Bundled[]} packages
 */
export function billOf(product, packages) {
  const licences = (licence) => [/[ ()]/.test(licence) ? { expression: licence } : { license: { id: licence } }];
  const purl = ({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const components = packages.map(({ name, version, licence, hashes }) => {
    const [base, group] = name.split('/').reverse();
    const reference = purl({ name, version });
    return {
      type: 'library',
      'bom-ref': reference,
      ...(group === undefined ? {} : { group }),
      name: base,
      version,
      ...(hashes.length === 0 ? {} : { hashes }),
      licenses: licences(licence),
      purl: reference,
    };
  });
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': product.name,
        name: product.name,
        version: product.version,
        licenses: licences(product.license),
      },
    },
    components,
  };
}
