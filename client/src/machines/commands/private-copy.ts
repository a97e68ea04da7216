import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';

/** A text that root is to read, in a folder where no other user can replace it. */
export interface PrivateCopy {
  readonly source: string;
  /** At once, for a window that closes waits for nothing. */
  readonly remove: () => void;
}

/** The caller removes it. @throws Error when there is no host for it */
export async function privateCopy(content: string | Uint8Array): Promise<PrivateCopy> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'nspawn-settings-')),
    source = path.join(folder, 'settings');
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    await writeFile(source, content, { flag: 'wx', mode: 0o600 });
    return { source, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
