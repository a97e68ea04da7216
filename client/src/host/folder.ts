/** Untrusted folders, which may have more entries than are useful. */
import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { patientlyLater } from '../../../server/src/node/shared/mounts';

/** Entries of a folder that are looked at; the others are left out. */
export const mostEntries = 100_000;

/**
 * The entries of a folder, links not followed.
 * @returns `more`: there are others, which are left out @throws the system's error through the promise
 */
export async function entriesIn(
  folder: string,
  most = mostEntries,
): Promise<{ readonly entries: readonly Dirent[]; readonly more: boolean }> {
  const entries: Dirent[] = [];
  // Leaving the loop closes the folder.
  for await (const entry of await patientlyLater(folder, () => opendir(folder, { bufferSize: 1024 }))) {
    if (entries.length >= most) return { entries, more: true };
    entries.push(entry);
  }
  return { entries, more: false };
}
