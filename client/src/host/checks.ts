/** What may become an argument. Every check returns its value, or says to the user what is wrong with it. */
import { isImageName, isMachineName, isUserName } from './names';

export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** A name as it can be shown on one line, whatever is in it. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}

/** @throws CommandError naming the first that cannot be the name of a machine */
export function machines(names: readonly string[]): readonly string[] {
  if (names.length === 0) throw new CommandError('No machine was named.');
  for (const name of names) {
    if (!isMachineName(name)) {
      throw new CommandError(`${quoted(name)} cannot be the name of a running machine: systemd allows letters, digits, `
        + 'and hyphens and dots between them, 64 characters at most. Rename the image first.');
    }
  }
  return [...new Set(names)];
}

/** @throws CommandError naming the first that cannot be the name of an image */
export function images(names: readonly string[]): readonly string[] {
  if (names.length === 0) throw new CommandError('No image was named.');
  return [...new Set(names.map(image))];
}

export function image(name: string): string {
  if (isImageName(name)) return name;
  throw new CommandError(`${quoted(name)} cannot be the name of an image: systemd allows what a file may be called, 255 `
    + 'bytes at most, without control characters and not beginning with ".#".');
}

/** The only one of some names. */
export function single(command: string, what: 'machine' | 'image', [name, ...rest]: readonly string[]): string {
  if (name === undefined || rest.length > 0) throw new CommandError(`${command} takes one ${what} at a time.`);
  return name;
}

export function user(name: string): string {
  if (isUserName(name)) return name;
  throw new CommandError(`${quoted(name)} is not a user name.`);
}

/** An absolute path: on the host because our folder is not the user's, inside because there is no other. */
export function absolute(path: string): string {
  if (path.includes('\0')) throw new CommandError('A path may not hold a NUL byte.');
  if (!path.startsWith('/')) throw new CommandError(`${quoted(path)} is not an absolute path: it has to begin with "/".`);
  return path;
}

/** What systemd downloads from: http, https or (257 and newer) file. */
export function url(text: string): string {
  let parsed: URL | undefined;
  try {
    parsed = new URL(text);
  } catch {
    // Said below.
  }
  if (!parsed || !/^(https?|file):$/.test(parsed.protocol) || /[\s\p{C}]/u.test(text)) {
    throw new CommandError(`${quoted(text)} is not an address to download from: it has to begin with http:// or https://.`);
  }
  return text;
}

/** A size as `machinectl set-limit` reads it: bytes, or a number with K, M, G, T, P or E (powers of 1024). */
export function limit(text: string): string {
  if (text === '-' || /^[0-9]{1,18}(\.[0-9]{1,9})?[KMGTPE]?$/.test(text)) return text;
  throw new CommandError(`${quoted(text)} is not a size: write a number of bytes or one like 500M or 2G, or "-" for no limit.`);
}

const signals = [
  'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGABRT', 'SIGKILL', 'SIGUSR1', 'SIGUSR2', 'SIGPIPE', 'SIGALRM', 'SIGTERM', 'SIGCONT',
  'SIGSTOP', 'SIGTSTP', 'SIGWINCH', 'SIGPWR',
] as const;
const realtime = /^SIGRTMIN(\+([1-9]|[12][0-9]|30))?$/;

export function signal(name: string): string {
  if ((signals as readonly string[]).includes(name) || realtime.test(name)) return name;
  throw new CommandError(`${quoted(name)} is not a signal. One would be SIGTERM or SIGRTMIN+4.`);
}

/** One of the words that an option knows. */
export function oneOf<T extends string>(what: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new CommandError(`${quoted(value)} is no ${what}: it is one of ${allowed.join(', ')}.`);
}
