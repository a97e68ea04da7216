/**
 * Folders of a mkosi project whose *.conf files are configuration, and those in folders of them that people take for
 * such; what is for the image, as in mkosi.extra/, is not.
 */
const folders =
  /(^|\/)mkosi\.((conf\.d|profiles|images|presets)\/((?!mkosi\.)[^/]+\/)?|(uki-profiles|local|(tools|initrd)\.conf(\.d)?)\/)[^/]+\.conf$/;
const files = /(^|\/)mkosi\.((local|tools|initrd)\.)?conf$/;
/** What mkosi 14 was the last to read: any file of these folders, also those of one distribution (v14 __init__.py:5935). */
const legacy = /(^|\/)mkosi\.(default(\.d\/([^/]+\/)?[^/]+)?|files\/mkosi\.[^/]+)$/;

/** Whether mkosi 15 and newer take a file for configuration, by its name and the folders above it. @param path with slashes */
export const isConfiguration = (path: string): boolean => files.test(path) || folders.test(path);

/** Whether mkosi 14 and older do, and newer ones do not. @param path with slashes */
export const isLegacyConfiguration = (path: string): boolean => legacy.test(path);
