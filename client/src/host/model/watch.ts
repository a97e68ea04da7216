import * as fs from 'node:fs';
import path from 'node:path';
import type { Disposable } from '../event';

/** inotify(7): the limits of a user, and of the whole system. */
const used: Readonly<Partial<Record<string, string>>> = { ENOSPC: 'fs.inotify.max_user_watches', EMFILE: 'fs.inotify.max_user_instances' };

/**
 * Calls `changed` when an entry of a folder appears, disappears or is renamed, with its name where the system tells
 * it. Undefined when the folder is not there, may not be read, or cannot be watched. Does not keep the process alive.
 * @param tell hears when the system has no watches left
 */
export function watchFolder(
  folder: string,
  changed: (name: string | undefined) => void,
  warn: (message: string) => void = () => undefined,
  watch: typeof fs.watch = fs.watch,
): Disposable | undefined {
  const failed = (error: unknown): void => {
    const { code = '' } = error as NodeJS.ErrnoException,
      limit = used[code];
    if (limit === undefined) return;
    warn(
      `Folders cannot be watched (${code}): other programs use all watches that ${limit} allows. Changes appear when a view is shown ` +
        'or refreshed. Close programs that watch many files, or raise the limit with sysctl.',
    );
  };
  try {
    const watcher = watch(folder, { persistent: false }, (event, name) => {
      if (event === 'rename') changed(name ?? undefined);
    });
    watcher.on('error', (error) => {
      failed(error);
      watcher.close();
    });
    return { dispose: () => watcher.close() };
  } catch (error) {
    failed(error);
    return undefined;
  }
}

/** Calls `appeared` when a path, or the nearest folder above it that is missing, may have come into being. */
export function watchForPath(file: string, appeared: () => void, warn?: (message: string) => void): Disposable | undefined {
  let wanted = file;
  while (wanted !== path.dirname(wanted)) {
    const entry = path.basename(wanted);
    const watcher = watchFolder(
      path.dirname(wanted),
      (name) => {
        if (name === undefined || name === entry) appeared();
      },
      warn,
    );
    if (watcher) return watcher;
    wanted = path.dirname(wanted);
  }
  return undefined;
}
