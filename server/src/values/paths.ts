import { hasBackport, type Version, wordsOf } from '../schema';
import { shortened, type Text } from '../syntax';
import { type Atom, type Fault, gaps, oneOf, operators, single, take } from './combinators';
import { colonFields, extractWord, extractWords, unfinishedMessage } from './extract';
import { type Grammar, grammar, type Reading, type Rewrite } from './grammar';
import { boolean } from './words';

const bytes = (text: string): number => new TextEncoder().encode(text).length;
const isAbsolute = (path: string): boolean => path.startsWith('/');

/** Without doubled slashes and `.` components; since 255 also without `..` right below the root (path-util.c). */
function simplified(path: string, version: Version): string {
  const parts = path.split('/').filter((p) => p !== '' && p !== '.'),
    below = version >= 255 ? parts.findIndex((p) => p !== '..') : 0;
  return `/${(below < 0 ? [] : parts.slice(below)).join('/')}`;
}

const hasParent = (path: string): boolean => path.split('/').includes('..');

/** Whether a path has no `..`, no `.`, no doubled slashes, and is short enough (path-util.c path_is_normalized). */
function isNormalized(path: string, version: Version): boolean {
  return !hasParent(path) && !path.includes('//') && !/(^|\/)\.(\/|$)/.test(path) && fits(path, version);
}

/** 4095 bytes at most, since 248 at most 255 in each component. */
const fits = (path: string, version: Version): boolean =>
  bytes(path) < 4096 && (version < 248 || path.split('/').every((p) => bytes(p) <= 255));

/** Whether a mount there covers the root directory of the machine. */
export const isRoot = (path: string, version: Version): boolean =>
  isAbsolute(path) && (version >= 249 ? simplified(path, 0) === '/' : /^\/+$/.test(path));

function notAbsolute(path: string): Fault {
  const unquoted = /^(["'])(\/.*)\1$/.exec(path)?.[2];
  if (unquoted !== undefined) return { fault: 'Quotation marks are not supported here, they become part of the path', instead: unquoted };
  if (path === '') return { fault: 'A path is missing; it begins with /' };
  const fault = `"${shortened(path)}" is not a path from the root; it must begin with /`;
  return {
    fault,
    ...(path.startsWith('-/')
      ? { instead: path.slice(1) }
      : /^[\w.]/.test(path) && !hasParent(path)
        ? { instead: `/${path.replace(/^\.\//, '')}` }
        : {}),
  };
}

/** What config_parse_path() takes: simplified first, then it must be short enough and without `..` (since 239). */
const normalizing: Atom = {
  read(path, { edition: { version } }) {
    if (!isAbsolute(path)) return notAbsolute(path);
    if (version < 239) return { role: 'path' };
    const simple = simplified(path, version);
    if (!fits(simple, version)) return { fault: 'The path is too long' };
    return hasParent(simple) ? { fault: '".." is not allowed in this path' } : { role: 'path' };
  },
  expects: () => 'a path that begins with /',
  wants: 'machine-path',
};
export const path: Grammar = grammar((text, into) => {
  const host = into.asked.value.params?.side === 'host';
  take(text, host ? { ...normalizing, wants: 'host-path' } : normalizing, into, 'path');
}, 'path');

/** Absolute, and in some releases written without detours (260, carried back to the last 252, 257 and later ones). */
const pivotDirectory: Atom = {
  read(directory, { edition: { version } }) {
    if (!isAbsolute(directory)) return notAbsolute(directory);
    if (!hasBackport(version, 260, [252, 257, 258, 259]) || isNormalized(directory, version)) return { role: 'path' };
    return fits(directory, version) ? { fault: 'Write the path without "..", "." and doubled slashes' } : { fault: 'The path is too long' };
  },
  expects: () => 'a path that begins with /',
  wants: 'machine-path',
};
/** `new root[:old root]`; everything after the first colon is the second path (nspawn-mount.c pivot_root_parse). */
export const pivotRoot: Grammar = grammar((text, into) => {
  const first = first1(text, into);
  if (first === undefined) return;
  operators(text, ':', into, 1);
  take(first.word, pivotDirectory, into, 'new root');
  if (first.next !== undefined && first.next < text.length) take(text.slice(first.next), pivotDirectory, into, 'old root');
}, 'new root:old root');

function first1(text: Text, into: Reading): { word: Text; next: number | undefined } | undefined {
  const cutOut = extractWord(text, 0, colonFields);
  if (cutOut === undefined || 'unfinished' in cutOut) {
    into.problem(cutOut?.at ?? text, cutOut === undefined ? 'A path is missing' : unfinishedMessage(cutOut));
    return undefined;
  }
  return cutOut;
}

/** A path on the host, or with + in front one inside the machine. Relative ones are the host's `/` since 252. */
const source = (nullable: boolean): Atom => ({
  read(text, { edition: { version } }) {
    if (text === '') return nullable && version >= 233 ? { role: 'path' } : { fault: 'A path is missing' };
    const inside = text.startsWith('+') && version >= 233;
    if (inside) return isAbsolute(text.slice(1)) ? { role: 'path' } : { fault: 'After + there must be a path that begins with /' };
    if (isAbsolute(text)) return { role: 'path' };
    if (version < 252) return notAbsolute(text);
    const unquoted = /^(["'])(.*?)\1?$/.exec(text)?.[2];
    if (unquoted !== undefined) {
      return {
        fault: 'Quotation marks are not supported here; nspawn looks for a file whose name has them',
        instead: unquoted,
        effect: 'silent',
      };
    }
    if (/^~(\/|$)/.test(text))
      return {
        fault: '~ is not the home directory here but a file of that name; write the whole path',
        effect: 'silent',
      };
    if (text.startsWith('-/'))
      return {
        fault: 'A leading - is not supported here, unlike in unit files; the source must exist',
        instead: text.slice(1),
        effect: 'silent',
      };
    return {
      fault: 'A relative path is looked up from the directory that nspawn is started in, which is / for a service',
      effect: 'advice',
    };
  },
  expects: () => 'a path that begins with /',
  wants: 'host-path',
});
const someSource = source(false),
  anySource = source(true);

const destination: Atom = {
  read(text, { edition: { version } }) {
    if (!isAbsolute(text)) return notAbsolute(text);
    // 242 to 244 refused mounts over the root directory.
    return version >= 242 && version <= 244 && /^\/+$/.test(text)
      ? { fault: 'Nothing can be mounted over / before systemd 245' }
      : { role: 'path' };
  },
  expects: () => 'a path that begins with /',
  wants: 'machine-path',
};

const bindOption: Atom = {
  read(text, { edition: { version } }) {
    if (wordsOf('bindOptions', version).some((w) => w.word === text)) return { role: 'keyword', word: text };
    const message = `nspawn will not start the machine: there is no option "${shortened(text)}"`;
    if (text === 'ro') return { fault: `${message}; use BindReadOnly= for a mount that cannot be written to`, effect: 'silent' };
    if (text === 'rw') return { fault: `${message}; Bind= can be written to anyway`, effect: 'silent' };
    return { fault: message, effect: 'silent' };
  },
  expects: ({ edition }) =>
    wordsOf('bindOptions', edition.version)
      .map((w) => w.word)
      .join(', '),
  offers: ({ edition }) => wordsOf('bindOptions', edition.version).map(({ word }) => ({ word })),
};

/** `source[:destination[:options]]` (v262 nspawn-mount.c bind_mount_parse); options are looked at when it starts. */
export const bind: Grammar = grammar((text, into) => {
  operators(text, ':', into, 2);
  const first = first1(text, into);
  if (first === undefined) return;
  if (first.next === undefined) {
    into.place(first.word, () => [], { label: 'source', wants: 'host-path' });
    // The one path is both: where it comes from and where it goes.
    const inside = first.word.text.startsWith('+') && into.version >= 233;
    const both = inside ? first.word.slice(1) : first.word;
    if (take(both, destination, into, 'destination') !== undefined) into.part(first.word, 'path', { label: 'source' });
    return;
  }
  const second = extractWord(text, first.next, colonFields);
  if (second === undefined || 'unfinished' in second) {
    if (second !== undefined) into.problem(second.at, unfinishedMessage(second));
    return;
  }
  if (take(first.word, anySource, into, 'source') === undefined) return;
  const mount = text.text.slice(0, first.next - 1),
    at = second.next;
  // Other tools have source:ro, which is often written here.
  const inPlace: Atom =
    second.word.text !== 'ro'
      ? destination
      : {
          ...destination,
          read: () => ({
            fault: 'This is the destination, and a path; a mount that cannot be written to is a BindReadOnly=',
            rewrite: readOnly(mount),
          }),
        };
  if (take(second.word, inPlace, into, 'destination') === undefined || at === undefined) return;
  const both = text.text.slice(0, at - 1),
    all = text.text.slice(at).split(',');
  const known = new Map<string, string>();
  const without = (option: string): string => {
    const rest = known.get(option) ?? all.filter((o) => o !== option && o !== '').join(',');
    known.set(option, rest);
    return rest === '' ? both : `${both}:${rest}`;
  };
  options(
    text.slice(at),
    {
      ...bindOption,
      read(option, asked) {
        const result = bindOption.read(option, asked);
        if (result === undefined || !('fault' in result)) return result;
        if (option === 'ro') return { ...result, rewrite: readOnly(without('ro')) };
        return option === 'rw' ? { ...result, rewrite: { title: 'Remove the option', values: [without('rw')] } } : result;
      },
    },
    into,
  );
}, 'source:destination:options');

const readOnly = (mount: string): Rewrite => ({ title: 'Change to BindReadOnly=', setting: 'BindReadOnly', values: [mount] });

function options(text: Text, option: Atom, into: Reading): void {
  const cutOut = extractWords(text, { separators: ',', coalesce: true });
  gaps(text, ',', cutOut, into, option, 'options');
  for (const word of cutOut.words) take(word, option, into, 'options');
}

/** Options of the kernel's tmpfs, which nspawn hands on unseen. */
const tmpfsOption: Atom = {
  read: () => ({ role: 'keyword' }),
  expects: () => 'mount options',
  offers: ({ edition }) => wordsOf('tmpfsOptions', edition.version).map(({ word }) => ({ word })),
};

export const tmpfs: Grammar = grammar((text, into) => {
  operators(text, ':', into, 1);
  const first = first1(text, into);
  if (first === undefined || take(first.word, destination, into, 'destination') === undefined) return;
  if (first.next !== undefined) options(text.slice(first.next), tmpfsOption, into);
}, 'destination:options');

export const inaccessible: Grammar = grammar(
  single(
    {
      read: (text) => (isAbsolute(text) ? { role: 'path' } : notAbsolute(text)),
      expects: () => 'a path that begins with /',
      wants: 'machine-path',
    },
    'destination',
  ),
  'destination',
);

/** `lower:...:upper:destination`, or `lower:upper` that is mounted over its upper directory (overlay_mount_parse). */
export const overlay: Grammar = grammar((text, into) => {
  operators(text, ':', into);
  const { words, unfinished } = extractWords(text, colonFields);
  if (unfinished !== undefined) {
    into.problem(unfinished.at, unfinishedMessage(unfinished));
    return;
  }
  const [first, second] = words;
  if (first === undefined || second === undefined) {
    into.place(text, () => [], { label: 'lower', wants: 'host-path' });
    into.problem(text, 'An overlay needs at least two directories, lower:upper');
    return;
  }
  if (words.length === 2) {
    take(first, someSource, into, 'lower');
    const upper = take(second, someSource, into, 'upper');
    if (upper !== undefined && second.text.startsWith('/')) take(second, destination, into, 'destination');
    return;
  }
  for (const lower of words.slice(0, -2)) take(lower, someSource, into, 'lower');
  take(words.at(-2) ?? text, anySource, into, 'upper');
  take(words.at(-1) ?? text, destination, into, 'destination');
}, 'lower:...:upper:destination');

/** A shell for bound users: a path, or whether to take the one they have on the host. */
export const bindUserShell: Grammar = grammar(
  single(
    oneOf(
      {
        read(text, { edition: { version } }) {
          if (!isAbsolute(text)) return undefined;
          return isNormalized(text, version) ? { role: 'path' } : { fault: 'Write the path without "..", "." and doubled slashes' };
        },
        expects: () => 'a path that begins with /',
        offers: () => ['/bin/bash', '/bin/sh', '/usr/bin/zsh', '/usr/bin/fish'].map((word) => ({ word, sample: true })),
        wants: 'machine-path',
      },
      boolean,
    ),
    'shell',
  ),
  'shell',
);
