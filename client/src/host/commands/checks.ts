/** What may become an argument. Every check returns its value, or says to the user what is wrong with it. */
import { isImageName, isMachineName, isUserName } from '../names';

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
      throw new CommandError(
        `${quoted(name)} cannot be the name of a running machine: systemd allows letters, digits, ` +
          'and hyphens and dots between them, 64 characters at most. Rename the image first.',
      );
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
  throw new CommandError(
    `${quoted(name)} cannot be the name of an image: systemd allows what a file may be called, 255 ` +
      'bytes at most, without control characters and not beginning with ".#".',
  );
}

/** How an image comes in: packed, as a disk, or as a folder. */
export type Packing = 'tar' | 'raw' | 'fs';

/** What systemd takes off the end of a name (systemd v262 import-util.c tar_strip_suffixes, raw_strip_suffixes; 252 leaves .zst). */
const packed: Readonly<Partial<Record<Packing, RegExp>>> = {
  tar: /\.(tar(\.(xz|gz|bz2|zst))?|tgz)$/,
  raw: /(\.(xz|gz|bz2|zst|raw|qcow2|img|bin))+$/,
};

/**
 * A name for an image that is to come into being.
 * @throws CommandError also for what systemd 262 takes for the kind of an image: a folder NAME.v makes its machined abort at every
 *   question about it, and one called NAME.raw is not found again (tried with 262; systemd v262 discover-image.c image_find)
 */
export function newImage(name: string): string {
  const [ending] = /\.(raw|v|mstack)$/.exec(image(name)) ?? [];
  if (ending === undefined) return name;
  throw new CommandError(
    `${quoted(name)} should not be the name of an image: systemd reads the ending "${ending}" as a type of image, ` +
      'and would not find the image again. Leave the ending out.',
  );
}

/**
 * The name of an image that importd reads or writes. Until 256 it has to be one that a machine could have (systemd v252 importd.c).
 * Later ones hand any name on to a program without "--" before it, which takes it for an option and runs as root (tried with 257 and 262).
 * @param systemd the major version; the newest known unless told @throws CommandError
 */
export function transferred(name: string, systemd = 262): string {
  if (systemd < 257 && !isMachineName(image(name))) {
    throw new CommandError(
      `systemd ${systemd} imports, exports and downloads only images whose name is a valid machine name. ${quoted(name)} is ` +
        'not: use letters, digits, and hyphens and dots between them, 64 characters at most. Choose another name, or rename the image first.',
    );
  }
  if (!name.startsWith('-')) return image(name);
  throw new CommandError(
    `${quoted(name)} cannot be imported, exported or downloaded: systemd would take a name that begins with "-" for an option. ` +
      'Choose another name, or rename the image first.',
  );
}

/**
 * A name for an image that comes in.
 * @throws CommandError also where systemd would give it another name. The tar that older ones unpack with reads escapes in the path it is
 *   given: `\\057` is a slash to it (tried with 257; 262 has no tar)
 */
export function incoming(name: string, packing: Packing, systemd = 262): string {
  const [ending] = packed[packing]?.exec(name) ?? [];
  if (ending !== undefined) {
    throw new CommandError(`The image would not be called ${quoted(name)}: systemd removes the file ending "${ending}". Leave it out.`);
  }
  if (packing === 'tar' && systemd < 262 && name.includes('\\')) {
    throw new CommandError(
      `${quoted(name)} cannot be unpacked: the tar of systemd ${systemd} does not read a backslash literally. Choose another name.`,
    );
  }
  return transferred(newImage(name), systemd);
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

/**
 * What systemd downloads from: http, https or (257 and newer) file.
 * @returns it with everything but ASCII encoded, which systemd demands (systemd v252 web-util.c http_url_is_valid)
 */
export function url(text: string): string {
  let parsed: URL | undefined;
  try {
    parsed = new URL(text);
  } catch {
    // Said below.
  }
  if (!parsed || !/^(https?|file):$/.test(parsed.protocol) || /[\s\p{C}]/u.test(text)) {
    throw new CommandError(
      `${quoted(text)} is not a URL to download from: it must begin with http:// or https://, and a space is written %20.`,
    );
  }
  return parsed.href;
}

/** A size as `machinectl set-limit` reads it: bytes, or a number with K, M, G, T, P or E (powers of 1024). */
export function limit(text: string): string {
  if (text === '-' || /^[0-9]{1,18}(\.[0-9]{1,9})?[KMGTPE]?$/.test(text)) return text;
  throw new CommandError(`${quoted(text)} is not a size: write a number of bytes or one like 500M or 2G, or "-" for no limit.`);
}

const signals = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGABRT',
  'SIGKILL',
  'SIGUSR1',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGWINCH',
  'SIGPWR',
] as const;
const realtime = /^SIGRTMIN(\+([1-9]|[12][0-9]|30))?$/;

export function signal(name: string): string {
  if ((signals as readonly string[]).includes(name) || realtime.test(name)) return name;
  throw new CommandError(`${quoted(name)} is not a signal. One would be SIGTERM or SIGRTMIN+4.`);
}

/** One of the words that an option knows. */
export function oneOf<T extends string>(what: string, value: T, allowed: readonly T[]): T {
  if (allowed.includes(value)) return value;
  throw new CommandError(`${quoted(value)} is not a valid ${what}. Use one of ${allowed.join(', ')}.`);
}
