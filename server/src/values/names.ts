import type { Version } from '../schema';
import { shortened } from '../syntax';
import { type Atom, list, oneOf, single, take } from './combinators';
import { plainWords, whitespace } from './extract';
import { type Choice, type Grammar, grammar } from './grammar';
import { type NumberForm, number, parseNumber, uint32 } from './numbers';
import { boolean, fixed } from './words';

/** Any text; since 251 without quotes, backslashes and control characters (conf-parser.c config_parse_string). */
export const string: Grammar = grammar(
  single(
    {
      read(text, { edition: { version } }) {
        const bad = version >= 251 ? /[\x01-\x1f\x7f"'\\]/.exec(text)?.[0] : undefined;
        if (bad === undefined) return { role: 'name' };
        const unquoted = /^(["'])([^"'\\]*)\1$/.exec(text)?.[2];
        return {
          fault:
            bad < ' ' || bad === '\x7f'
              ? 'Control characters are not allowed here'
              : `${bad} is not allowed here; quotation marks and backslashes are not supported`,
          ...(unquoted === undefined ? {} : { instead: unquoted }),
        };
      },
      expects: () => 'a name',
      wants: 'machine-user',
    },
    'name',
  ),
);

/** Words for a command line: quotes hold them together, a backslash is itself (since 230). */
const cut = (version: Version) => ({
  separators: whitespace,
  coalesce: true,
  unquote: true,
  retainEscape: version >= 230,
});
const anyWord: Atom = { read: () => ({ role: 'string' }), expects: () => 'words', wants: 'command' };
export const words: Grammar = grammar(
  (text, into) =>
    list(cut(into.version), (word) => take(word, anyWord, into, 'word') !== undefined, anyWord, 'word', 'dropped')(text, into),
  'word ...',
);

const variable: Atom = {
  read(text) {
    if (/^[A-Za-z_][A-Za-z0-9_]*=/.test(text)) return { role: 'string' };
    return {
      fault: text.includes('=')
        ? `"${shortened(text.slice(0, text.indexOf('=')))}" is not a valid variable name; programs will not see it`
        : `"${shortened(text)}" has no value: nspawn hands it to programs as it is, it does not copy the variable of the host`,
      effect: 'silent',
    };
  },
  expects: () => 'NAME=VALUE',
  offers: () => [
    { word: 'TERM=xterm-256color', sample: true },
    { word: 'LANG=C.UTF-8', sample: true },
    { word: 'SYSTEMD_LOG_LEVEL=debug', sample: true },
  ],
};
export const environment: Grammar = grammar(
  (text, into) =>
    list(
      cut(into.version),
      (word) => {
        take(word, variable, into, 'variable');
        return true;
      },
      variable,
      'variable',
      'dropped',
    )(text, into),
  'variable ...',
);

/** 32 hexadecimal digits or a UUID; `urn:uuid:` since 262 (sd-id128.c sd_id128_from_string). */
export const id128: Grammar = grammar(
  single(
    {
      read(text, { edition: { version } }) {
        const uuid = version >= 262 ? text.replace(/^urn:uuid:/i, '') : text;
        const dashed = /^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/.test(uuid);
        if (!dashed && (uuid !== text || !/^[0-9a-fA-F]{32}$/.test(text))) return undefined;
        if (!/^[0-]+$/.test(uuid)) return { role: 'number' };
        return { fault: 'The ID must not be all zeros', ...(version < 246 ? { effect: 'silent' } : {}) };
      },
      expects: () => '32 hexadecimal digits or a UUID, such as systemd-id128 new prints',
    },
    'id',
  ),
);

/** Labels of letters, digits and dashes (hostname-util.c hostname_is_valid); since 251 a DNS name, too. */
export const hostname: Grammar = grammar(
  single(
    {
      read(name, { edition: { version } }) {
        if (name === '') return undefined;
        const bad = (version < 240 ? /[^A-Za-z0-9._-]/u : /[^A-Za-z0-9.-]/u).exec(name)?.[0];
        if (bad !== undefined) {
          const instead = name.replace(/[_ ]/g, '-');
          return {
            fault: `Host names have letters, digits, dashes and dots, but no "${bad}"`,
            ...(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(instead) ? { instead } : {}),
          };
        }
        const labels = name.split('.');
        if (labels.includes('')) return { fault: 'A label between dots is empty' };
        if (version >= 240 && labels.some((l) => l.startsWith('-') || l.endsWith('-')))
          return { fault: 'No label may begin or end with a dash' };
        if (name.length > 64) return { fault: `Host names have 64 characters at most; this one has ${name.length}` };
        return version >= 251 && labels.some((l) => l.length > 63) ? { fault: 'Labels have 63 characters at most' } : { role: 'name' };
      },
      expects: () => 'a host name',
      wants: 'hostname',
    },
    'host name',
  ),
);

/** Users of the host (user-util.c valid_user_group_name); the first bad name ends the list. */
const userName: Atom = {
  read(name) {
    if (name === 'root') return { fault: 'nspawn will not start the machine: root cannot be bound into it', effect: 'silent' };
    if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name))
      return name.length <= 31 ? { role: 'name' } : { fault: 'Names of users have 31 characters at most' };
    if (/^[0-9]+$/.test(name)) return { fault: 'Users are bound by their name, not by their number' };
    return { fault: `"${shortened(name)}" is not a name of a user; what follows is left out, too` };
  },
  expects: () => 'names of users of the host, separated by spaces',
  wants: 'host-user',
};
export const userNames: Grammar = grammar(
  list(plainWords, (word, into) => take(word, userName, into, 'user', 'skipped') !== undefined, userName, 'user', 'dropped'),
  'user ...',
);

const strictUser: NumberForm = { ...uint32, base: 10, refuseSign: true, refuseLeadingZero: true, refuseSpace: true };
const shiftForm = (version: Version): NumberForm => (version >= 246 ? strictUser : uint32);
const userRange = 0x1_0000_0000n;

/** `PrivateUsers=`: booleans and words first, then a first user ID and a number of them (nspawn-settings.c:662). */
export const privateUsers: Grammar = grammar((text, into) => {
  const colon = text.text.indexOf(':');
  if (colon < 0) {
    const isNumber = /^[0-9]/.test(text.text) && text.text !== '0' && text.text !== '1';
    const mode = take(text, oneOf(boolean, fixed, firstUser), into, isNumber ? 'first' : 'mode');
    if (mode !== undefined && (text.text === '0' || text.text === '1')) {
      into.problem(
        text,
        text.text === '0'
          ? 'This switches user namespacing off, it is not user ID 0; write identity or 0:65536 for that'
          : "This takes the range of the directory's owner, it is not user ID 1; write 1:65536 for that",
        { instead: text.text === '0' ? 'no' : 'yes', effect: 'silent' },
      );
    }
    const first = text.text === '' ? undefined : parseNumber(text.text, shiftForm(into.version), into.version);
    if (mode?.role === 'number' && typeof first === 'bigint' && into.version >= 249 && first + 65536n >= userRange) {
      into.problem(text, 'The 65536 user IDs from there on reach beyond the last one');
    }
    return;
  }
  into.part(text.slice(colon, colon + 1), 'operator');
  const bounds = [
    parseNumber(text.text.slice(0, colon), shiftForm(into.version), into.version),
    parseNumber(text.text.slice(colon + 1), uint32, into.version),
  ] as const;
  const fits = (first: (typeof bounds)[0], size: (typeof bounds)[1]): boolean =>
    typeof first !== 'bigint' || typeof size !== 'bigint' || first + size < userRange;
  const count = take(
    text.slice(colon + 1),
    {
      ...number(uint32, 'a number of user IDs such as 65536'),
      offers: () => (fits(bounds[0], 65536n) ? [{ word: '65536', sample: true, detail: 'all that a system mostly uses' }] : []),
    },
    into,
    'count',
  );
  const first = take(text.slice(0, colon), { ...firstUser, offers: () => (fits(524288n, bounds[1]) ? [firstSample] : []) }, into, 'first');
  if (count === undefined || first === undefined) return;
  if (count.number === 0) into.problem(text.slice(colon + 1), 'There must be at least one user ID');
  else if (into.version >= 249 && (first.number ?? 0) + (count.number ?? 0) >= Number(userRange)) {
    into.problem(text, 'The range reaches beyond the last user ID');
  }
}, 'first:count');

const firstSample: Choice = { word: '524288', sample: true, detail: 'user ID of the host that becomes root' };
const firstUser: Atom = {
  read(text, { edition: { version } }) {
    const n = parseNumber(text, shiftForm(version), version);
    if (n === undefined) return undefined;
    if (n === 'range' || n === 0xffffn || n === 0xffffffffn) return { fault: `${shortened(text)} is not a user ID` };
    return { role: 'number', number: Number(n) };
  },
  expects: () => 'a first user ID such as 65536, optionally followed by :COUNT',
  offers: () => [{ word: '524288:65536', sample: true, detail: '65536 user IDs from 524288 up' }],
};

const delegated: Atom = {
  ...number(uint32, 'a number from 0 to 16'),
  offers: () => [
    { word: '1', sample: true, detail: 'one range of 65536 user IDs' },
    { word: '16', sample: true, detail: 'as many as systemd-nsresourced grants' },
  ],
};

/** `PrivateUsersDelegate=`: any number passes the parser, but systemd-nsresourced grants 16 at most. */
export const unsigned: Grammar = grammar((text, into) => {
  const found = take(text, delegated, into, 'number');
  if ((found?.number ?? 0) > 16)
    into.problem(text, 'systemd-nsresourced grants 16 ranges at most; the machine will not start', {
      effect: 'silent',
    });
});
