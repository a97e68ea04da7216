import { hasBackport, type Setting, type Version } from '../../schema';
import type { ParsedAssignment } from '../assignments';

/** Updates of older releases that got a check of trust later than the check itself says. */
const backports: Readonly<Record<string, readonly Version[]>> = {
  Ephemeral: [252, 257, 258, 259],
  BindUser: [252, 257, 258, 259],
  BindUserShell: [258, 259, 260],
};

/** Whether a setting needs a trusted file; of a system call filter only what allows calls does (since 242). */
export function needsTrust(setting: Setting, entries: readonly ParsedAssignment[], version: Version): boolean {
  if (setting.trust === undefined) return false;
  if (setting.trust === 'partial') {
    return version >= 242 && entries.some((e) => e.reading.labelled('inversion').length === 0 && e.reading.parts.length > 0);
  }
  return setting.trustSince === undefined || hasBackport(version, setting.trustSince, backports[setting.name]);
}

/** Whether nspawn takes a setting out of an untrusted file. */
export const isTaken = (setting: Setting, entries: readonly ParsedAssignment[], version: Version): boolean =>
  !needsTrust(setting, entries, version);

/** Folders of images (v262 discover-image.c:61): a `.nspawn` file beside an image is not trusted. */
const imageFolders =
  /^(\/etc\/machines|\/run\/machines|\/var\/lib\/(machines|container)|\/usr\/(local\/)?lib\/machines|.*\/\.local\/(state|lib)\/machines)\/[^/]+$/;

/** Whether nspawn trusts a `.nspawn` file, by the folder it lies in. @param path absolute, with slashes */
export const isTrusted = (path: string): boolean => !imageFolders.test(path);
