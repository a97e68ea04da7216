import { watch } from 'node:fs';
import path from 'node:path';
import type { Disposable } from './event';

/**
 * Calls `changed` when an entry of a folder appears, disappears or is renamed, with its name where the system tells
 * it. Undefined when the folder is not there or may not be read. Does not keep the process alive.
 */
export function watchFolder(folder: string, changed: (name: string | undefined) => void): Disposable | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (event, name) => {
      if (event === 'rename') changed(name ?? undefined);
    });
    watcher.on('error', () => watcher.close());
    return { dispose: () => watcher.close() };
  } catch {
    return undefined;
  }
}

/** Calls `appeared` when a path, or the nearest folder above it that is missing, may have come into being. */
export function watchForPath(file: string, appeared: () => void): Disposable | undefined {
  let wanted = file;
  while (wanted !== path.dirname(wanted)) {
    const entry = path.basename(wanted);
    const watcher = watchFolder(path.dirname(wanted), (name) => {
      if (name === undefined || name === entry) appeared();
    });
    if (watcher) return watcher;
    wanted = path.dirname(wanted);
  }
  return undefined;
}
