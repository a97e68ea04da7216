import { shortened, stripped } from '../../syntax';
import { type Atom, oneOf } from '../combinators';
import type { Asked } from '../grammar';
import { fixed, fixedOrBoolean } from '../words';
import { integer, octal, size } from './numbers';
import { strip } from './python';

/** Text that is taken as it is. */
const anything = (role: 'string' | 'path' | 'name'): Atom => ({ read: () => ({ role }), expects: () => '' });

/** A name without slashes (config.py is_valid_filename). */
const filename: Atom = {
  read(text) {
    const name = strip(text);
    if (name.includes('/')) return { fault: 'This is a name, not a path: no slashes' };
    return name === '.' || name === '..' ? { fault: `"${name}" is not a file name` } : { role: 'name' };
  },
  expects: () => 'a name without slashes',
};

/** A path; whether something is there is asked by a rule that can look. */
const path: Atom = oneOf(fixed, {
  read(text, { value: { params } }) {
    if (params?.absolute === true && !text.startsWith('/') && !/^[$~]/.test(text)) return { fault: 'The path must be absolute' };
    const below: unknown = params?.notBelow;
    const forbidden = Array.isArray(below) ? (below as readonly string[]).find((b) => text === b || text.startsWith(`${b}/`)) : undefined;
    return forbidden === undefined ? { role: 'path' } : { fault: `The path must not lie in ${forbidden}` };
  },
  expects: () => 'a path',
  wants: 'host-path',
});

/** UUIDs as Python's UUID() reads them: dashes, braces and urn:uuid: do not count. */
const uuid: Atom = oneOf(fixed, {
  read(text) {
    const hex = stripped(text.replaceAll('urn:', '').replaceAll('uuid:', ''), (c) => c === '{' || c === '}').replaceAll('-', '');
    return hex.length === 32 && /^[0-9a-f]+$/i.test(hex) ? { role: 'string' } : undefined;
  },
  expects: () => 'a UUID, or random',
});

/** `file`, `engine:NAME`, `provider:NAME`. */
const source: Atom = {
  read: (text, asked) => (sources(asked).includes(text.split(':', 1)[0] ?? '') ? { role: 'keyword' } : undefined),
  expects: (asked) => offered(asked),
  offers: (asked) => offered(asked).map((word) => ({ word })),
};
const offered = ({ value }: Asked): string[] => {
  const prefixes = value.params?.prefixes;
  return [...(value.words ?? []).map((w) => w.word), ...(Array.isArray(prefixes) ? prefixes.map(String) : [])];
};
const sources = (asked: Asked): string[] => offered(asked).map((word) => word.replace(/:$/, ''));

/** `ID:SIZE[:DIRECTORY[:OPTIONS[:FILE[:FLAGS]]]]`; before 26 the fourth part took in all that followed. */
const drive: Atom = {
  read(text, asked) {
    const old = asked.edition.version < 26;
    const fields = text.split(':');
    if (!old && fields.length > 6) return { fault: 'A drive has at most six parts' };
    if (fields.length < 2) return { fault: 'The size is missing: ID:SIZE' };
    const [id = '', amount = '', , , , flags = ''] = fields;
    if (old && id === '') return { fault: 'The name of the drive is missing: ID:SIZE' };
    if (id.includes('/') || id.trim() === '.' || id.trim() === '..') return { fault: 'The name of a drive has no slashes' };
    const read = size.read(amount, asked);
    if (read === undefined) return { fault: `"${shortened(amount)}" is not a size` };
    if ('fault' in read) return read;
    const wrong = old || flags === '' ? undefined : flags.split(',').find((f) => !(asked.value.words ?? []).some((w) => w.word === f));
    return wrong === undefined ? { role: 'string' } : { fault: `"${shortened(wrong)}" is not a drive flag; use persist` };
  },
  expects: () => 'ID:SIZE[:DIRECTORY[:OPTIONS[:FILE[:FLAGS]]]]',
};

/** What a type takes for one value or one item of a list. */
export const atoms: Readonly<Partial<Record<string, Atom>>> = {
  boolean: fixedOrBoolean,
  enum: fixedOrBoolean,
  feature: fixedOrBoolean,
  integer,
  octal,
  size,
  filename,
  path,
  uuid,
  source,
  drive,
  string: oneOf(fixed, anything('string')),
  version: anything('string'),
  password: anything('string'),
  regex: oneOf(fixed, anything('string')),
  glob: oneOf(fixed, anything('string')),
};
