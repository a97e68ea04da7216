import type { ListForm, Setting, Version } from '../schema';
import { has } from '../schema';
import type { Edit } from './blocks';

/** A value on its way: edits of its text, further settings, and what to report. */
export interface Carried {
  readonly edits: readonly Edit[];
  readonly add?: readonly { readonly name: string; readonly value: string }[];
  readonly check?: string;
  /** It cannot be carried over as a whole. */
  readonly lost?: string;
}

/** What a rewriting may look at besides the value: other settings of the project. */
export interface Around {
  readonly hashed: boolean;
  readonly format: string;
  readonly target: Version;
}

export interface Item {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export const whole = (value: string, text: string): Edit[] => (value === text ? [] : [{ start: 0, end: value.length, text }]);

/** The items of a list, without brackets around the list. */
export function itemsOf(value: string, form: ListForm | undefined, version: Version): Item[] {
  const chars = form?.separators.find((s) => has(s, version))?.chars ?? ',\n';
  const items: Item[] = [];
  let start = 0;
  for (let i = 0; i <= value.length; i++) {
    if (i < value.length && !chars.includes(value.charAt(i))) continue;
    let from = start,
      to = i;
    while (from < to && /\s/.test(value.charAt(from))) from++;
    while (to > from && /\s/.test(value.charAt(to - 1))) to--;
    if (to > from) items.push({ text: value.slice(from, to), start: from, end: to });
    start = i + 1;
  }
  return items;
}

/** Removes an item, with the separator after it. */
function without(value: string, { start, end }: Item): Edit {
  let to = end;
  while (to < value.length && ', \t'.includes(value.charAt(to))) to++;
  return { start, end: to, text: '' };
}

/** Lists of mkosi 14 and older: brackets around them and items that take others off exist no more. */
export function legacyList(value: string, setting: Setting): Carried {
  const edits: Edit[] = [],
    left: string[] = [];
  let kept = 0;
  const open = value.startsWith('[') && value.endsWith(']');
  if (open) edits.push({ start: 0, end: 1, text: '' }, { start: value.length - 1, end: value.length, text: '' });
  const inner = open ? ` ${value.slice(1, -1)} ` : value;
  for (const item of itemsOf(inner, setting.value.list, 14)) {
    if (item.text.startsWith('!')) {
      edits.push(without(inner, item));
      if (item.text !== '!*') left.push(item.text.slice(1));
      continue;
    }
    kept++;
    // mkosi 5 split at white space; for 6 to 14 such an item was one name, which no package or path has.
    if (setting.value.list?.separators.some((s) => s.chars === ',\n') && !/["'(]/.test(item.text)) {
      for (const gap of item.text.matchAll(/[ \t]+/g)) {
        edits.push({ start: item.start + gap.index, end: item.start + gap.index + gap[0].length, text: ',' });
      }
    }
  }
  if (left.length > 0) {
    const check = `${left.join(' and ')} can no longer be removed from a list; remove it where it is added`;
    return kept > 0 ? { edits, check } : { edits: [], lost: check };
  }
  return { edits };
}

/** Rewritings by the name that migrations.json gives. */
export const rewritings: Readonly<Record<string, (value: string, around: Around) => Carried>> = {
  /** Names of CentOS releases lost their suffix. */
  withoutStream: (value) => ({ edits: whole(value, value.replace(/^(\d+)-stream$/, '$1')) }),

  /** URLs are not names of repositories. */
  repositoryNames(value) {
    const items = itemsOf(value, undefined, 14),
      urls = items.filter((i) => i.text.includes('://'));
    if (urls.length === 0) return { edits: [] };
    const names = urls.map((u) => u.text).join(' and ');
    const lost = `${names} needs a repository file in mkosi.sandbox/ (mkosi.pkgmngr/ in 24)`;
    return urls.length === items.length ? { edits: [], lost } : { edits: urls.map((u) => without(value, u)), check: lost };
  },

  /** Output= is a name; folder and suffix have their own settings or are mkosi's choice. */
  baseName(value) {
    const slash = value.lastIndexOf('/');
    const name = value.slice(slash + 1),
      base = withoutSuffixes(name);
    if (base === '') return { edits: [], lost: 'it names a folder; use OutputDirectory=' };
    return {
      edits: whole(value, base),
      ...(slash > 0 ? { add: [{ name: 'OutputDirectory', value: value.slice(0, slash) }] } : {}),
      ...(base === name
        ? {}
        : {
            check: `${name.slice(base.length)} was removed from the name, because mkosi adds a suffix itself`,
          }),
    };
  },

  /** Compress= was for the file system where that can compress, else for the output. */
  outputCompression(_, { format }) {
    if (/btrfs|squashfs/.test(format))
      return { edits: [], lost: `with Format=${format} it compressed the file system, for which mkosi has no setting today` };
    return { edits: [] };
  },

  inverted: (value) => ({ edits: whole(value, /^(0|false|no|n|f|off)$/i.test(value) ? 'yes' : 'no') }),

  password(value, { hashed }) {
    if (value === '') return { edits: [], lost: 'an empty password cannot be set; use Autologin=yes to log in as root without one' };
    return { edits: hashed ? [{ start: 0, end: 0, text: 'hashed:' }] : [] };
  },

  commas: (value) => ({
    edits: [...value.matchAll(/:/g)].map(({ index }) => ({ start: index, end: index + 1, text: ',' })),
  }),

  /** qemu's -m counts in megabytes. */
  megabytes: (value) => ({
    edits: whole(
      value,
      value.replace(/^(\d+)$/, '$1M').replace(/^(\d+)([kmg])b?$/i, (_, n: string, u: string) => n + u.toUpperCase()),
    ),
  }),

  /** SOURCE:TARGET today: a colon in a path has another meaning. */
  trees: (value) => (value.includes(':') ? { edits: [], check: 'a colon now separates source and target' } : { edits: [] }),
};

/** A percent sign introduces a specifier since 18; up to 9 it had to be doubled, too. */
export function percents(value: string, target: Version): Edit[] {
  return [...value.matchAll(/%%?/g)].flatMap(({ 0: found, index }) => {
    const text = target >= 18 ? '%%' : '%';
    return found === text ? [] : [{ start: index, end: index + found.length, text }];
  });
}

/** Why a release would read less than the whole value. */
export function cutShort(value: string, target: Version): string | undefined {
  const found = target < 16 ? /\s#/.exec(value) : target < 25 ? /[#;]/.exec(value) : /#/.exec(value);
  return found ? `${found[0].trim()} starts a comment anywhere in a line in mkosi ${target}` : undefined;
}

const suffixes: readonly string[] = ['.raw', '.img', '.qcow2', '.tar', '.cpio', '.xz', '.zst', '.zstd', '.gz', '.lz4', '.bz2'];

/** A name without the endings of images and compressions. */
function withoutSuffixes(name: string): string {
  let end = name.length;
  for (let suffix: string | undefined = ''; suffix !== undefined; end -= suffix?.length ?? 0) {
    const last: number = name.lastIndexOf('.', end - 1);
    suffix = suffixes.find((s) => s.length === end - last && name.startsWith(s, last));
  }
  return name.slice(0, end);
}
