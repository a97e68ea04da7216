import type { Metafile } from 'esbuild';

export interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly texts: readonly string[];
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}
export function bundledPackages(root: string, metafiles: readonly Pick<Metafile, 'outputs'>[]): Bundled[];
export function noticesOf(packages: readonly Bundled[]): string;
export function billOf(
  product: { name: string; version: string; license: string },
  packages: readonly Bundled[],
): {
  readonly components: readonly { readonly purl: string; readonly name: string }[];
};
