/** The kinds of files that the server knows, as the checker names them. */
export type Kind = 'nspawn' | 'mkosi' | 'mkosi-legacy';

/**
 * Folders of a mkosi project whose *.conf files are configuration, and those in folders of them that people take for
 * such; what is for the image, as in mkosi.extra/, is not.
 */
const folders =
  /(^|\/)mkosi\.((conf\.d|profiles|images|presets)\/((?!mkosi\.)[^/]+\/)?|(uki-profiles|local|(tools|initrd)\.conf(\.d)?)\/)[^/]+\.conf$/;
const files = /(^|\/)mkosi\.((local|tools|initrd)\.)?conf$/;
/** What mkosi 14 was the last to read: any file of these folders, also those of one distribution (v14 __init__.py:5935). */
const legacy = /(^|\/)mkosi\.(default(\.d\/([^/]+\/)?[^/]+)?|files\/mkosi\.[^/]+)$/;

/**
 * What a file is, by its name and the folders above it; undefined for one that is none of ours.
 * @param path with slashes; absolute, or relative to a project
 */
export function kindOf(path: string): Kind | undefined {
  if (path.endsWith('.nspawn')) return 'nspawn';
  if (legacy.test(path)) return 'mkosi-legacy';
  if (files.test(path) || folders.test(path)) return 'mkosi';
  return undefined;
}

/** Folders of images (v262 discover-image.c:61): a `.nspawn` file beside an image is not trusted. */
const imageFolders =
  /^(\/etc\/machines|\/run\/machines|\/var\/lib\/(machines|container)|\/usr\/(local\/)?lib\/machines|.*\/\.local\/(state|lib)\/machines)\/[^/]+$/;

/** Whether nspawn trusts a `.nspawn` file, by the folder it lies in. @param path absolute, with slashes */
export const isTrusted = (path: string): boolean => !imageFolders.test(path);

/** What an escape, a query or a step upwards needs a parser for. */
const special = /[^\w./~@+=,-]|\/\.\.?(\/|$)/;

/** The path of a `file:` document, with slashes; undefined for any other scheme. */
export function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  if (uri.startsWith('file:///') && !special.test(uri.slice(7))) return uri.slice(7);
  try {
    return decodeURIComponent(new URL(uri).pathname);
  } catch {
    return undefined;
  }
}
