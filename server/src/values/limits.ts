import { type Version, vocabulary, wordsOf } from '../schema';
import type { Text } from '../syntax';
import { type Atom, operators, take } from './combinators';
import { colonFields, extractWord, extractWords, unfinishedMessage } from './extract';
import { type Asked, type Choice, type Grammar, grammar, type Reading } from './grammar';
import { bigOf, parseNumber, uint64 } from './numbers';

const infinity = 0xffffffffffffffffn;
const space = /^[ \t\n\r]+/;

/**
 * Sizes such as `1.5G` and descending sums such as `1G 512M`, in bytes (v262 parse-util.c parse_size).
 * @returns undefined for what is none or does not fit
 */
export function parseSize(text: string): bigint | undefined {
  // Largest first, as sums must be written; a bare number comes last and ends the sum.
  const units = [
    ...vocabulary.sizeUnits.map((u) => ({ suffix: u.word, factor: BigInt(u.factor ?? 1) })).reverse(),
    { suffix: '', factor: 1n },
  ];
  let rest = text,
    total = 0n,
    from = 0;
  do {
    rest = rest.replace(space, '');
    const digits = /^\+?([0-9]+)(?:\.([0-9]*))?/.exec(rest);
    if (digits === null) return undefined;
    rest = rest.slice(digits[0].length).replace(space, '');
    const start = from,
      behind = rest;
    const index = units.findIndex((u, i) => i >= start && behind.startsWith(u.suffix));
    const unit = units[index];
    if (unit === undefined) return undefined;
    const fraction = digits[2] ?? '';
    total += bigOf(digits[1] ?? '0') * unit.factor + BigInt(Math.trunc(Number(`0.${fraction}0`) * Number(unit.factor)));
    if (total > infinity) return undefined;
    rest = rest.slice(unit.suffix.length);
    from = index + 1;
  } while (rest !== '');
  return total;
}

/**
 * Time spans such as `1min 30s`, in microseconds; a bare number counts in `unit` (v262 time-util.c parse_time).
 * @returns undefined for what is none or does not fit
 */
export function parseTime(text: string, unit: bigint, version: Version): bigint | undefined {
  const units = [...wordsOf('timeUnits', version)].sort((a, b) => b.word.length - a.word.length);
  let rest = text.replace(space, ''),
    total = 0n;
  if (rest.startsWith('infinity')) return /^[ \t\n\r]*$/.test(rest.slice(8)) ? infinity : undefined;
  if (rest === '') return undefined;
  while (rest !== '') {
    const digits = /^\+?([0-9]*)(?:\.([0-9]+))?/.exec(rest);
    if (digits === null || (digits[1] === '' && (digits[2] === undefined || rest.startsWith('+')))) return undefined;
    const behind = rest.slice(digits[0].length),
      spaced = behind.replace(space, '');
    const named = units.find((u) => spaced.startsWith(u.word));
    if (named === undefined && spaced === behind && behind !== '') return undefined;
    const factor = named === undefined ? unit : BigInt(named.factor ?? 1);
    const whole = bigOf(digits[1] ?? '');
    if (whole > 0x7fffffffffffffffn || whole >= infinity / factor) return undefined;
    total += whole * factor + BigInt(Math.trunc(Number(`0.${digits[2] ?? ''}0`) * Number(factor)));
    if (total >= infinity) return undefined;
    rest = spaced.slice(named?.word.length ?? 0).replace(space, '');
  }
  return total;
}

/** Raw values 0 to 40, or nice levels +0 to +19 and -0 to -20, as the raw value (rlimit-util.c rlimit_parse_nice). */
function parseNice(text: string, version: Version): bigint | undefined {
  const sign = /^[+-]/.exec(text)?.[0];
  const n = parseNumber(sign === undefined ? text : text.slice(1), uint64, version);
  if (typeof n !== 'bigint') return undefined;
  if (sign === '+') return n < 20n ? 20n - n : undefined;
  if (sign === '-') return n <= 20n ? 20n + n : undefined;
  return n <= 40n ? n : undefined;
}

function parseLimit(text: string, unit: string, version: Version): bigint | undefined {
  if (unit === 'nice') return parseNice(text, version);
  if (text === 'infinity') return infinity;
  if (unit === 'bytes') {
    const size = parseSize(text);
    return size !== undefined && size < infinity ? size : undefined;
  }
  if (unit === 'seconds') {
    const time = parseTime(text, 1_000_000n, version);
    return time === undefined || time === infinity ? time : (time + 999_999n) / 1_000_000n;
  }
  if (unit === 'microseconds') return parseTime(text, 1n, version);
  const n = parseNumber(text, uint64, version);
  return typeof n === 'bigint' && n < infinity ? n : undefined;
}

const forms: Readonly<Record<string, string>> = {
  bytes: 'a size such as 512M or 1.5G, or infinity',
  seconds: 'a time such as 90, 1min or 500ms, or infinity',
  microseconds: 'a time such as 200000, 200ms or 1s, or infinity',
  count: 'a number or infinity',
  nice: 'a nice level from -20 to +19 with its sign, or 0 to 40',
};
const samples: Readonly<Record<string, readonly string[]>> = {
  bytes: ['512M', '1G'],
  seconds: ['30s', '1min'],
  microseconds: ['200ms', '1s'],
  count: ['1024', '65536'],
  nice: ['+5', '-5'],
};

const limit: Atom = {
  read(text, { value, edition: { version } }) {
    const unit = value.unit ?? 'count',
      n = parseLimit(text, unit, version);
    if (n !== undefined) return text === 'infinity' ? { role: 'keyword', word: 'infinity' } : { role: 'number', number: Number(n) };
    if (text === 'unlimited') return { fault: `"unlimited" is not supported; use ${forms[unit] ?? ''}`, instead: 'infinity' };
    const binary = /^(\s*[0-9.]+\s*)([kmgtpe])(i?b)?\s*$/i.exec(text);
    if (unit === 'bytes' && binary !== null) {
      const suffix = (binary[2] ?? '').toUpperCase();
      return {
        fault: `Units are B, K, M, G, T, P and E, each 1024 of the one before; use ${suffix}`,
        instead: `${(binary[1] ?? '').trim()}${suffix}`,
      };
    }
    return undefined;
  },
  expects: ({ value }) => forms[value.unit ?? 'count'] ?? 'a number',
  offers: ({ value }) => {
    const unit = value.unit ?? 'count';
    return [...(unit === 'nice' ? [] : [{ word: 'infinity' }]), ...(samples[unit] ?? []).map((word) => ({ word, sample: true }))];
  },
};

/** `soft:hard`, or one value for both (v262 rlimit-util.c rlimit_parse). */
export const rlimit: Grammar = grammar((text, into) => {
  operators(text, ':', into);
  const {
    words: [, other],
  } = extractWords(text, colonFields);
  const soft = field(text, 0, 'soft', into, other);
  if (soft?.next === undefined) return;
  const hard = field(text, soft.next, 'hard', into, soft.word);
  if (hard === undefined) return;
  if (hard.next !== undefined && hard.next < text.length) {
    into.problem(text.slice(hard.next), 'There are two values at most, soft:hard');
    return;
  }
  if (soft.raw !== undefined && hard.raw !== undefined && soft.raw > hard.raw) {
    into.problem(text, 'The soft limit, before the colon, is above the hard one', {
      instead: `${hard.word.text}:${soft.word.text}`,
    });
  }
}, 'soft:hard');

function field(
  text: Text,
  at: number,
  label: 'soft' | 'hard',
  into: Reading,
  other: Text | undefined,
): { word: Text; next: number | undefined; raw: bigint | undefined } | undefined {
  const cutOut = extractWord(text, at, colonFields);
  if (cutOut === undefined || 'unfinished' in cutOut) {
    if (cutOut !== undefined) into.problem(cutOut.at, unfinishedMessage(cutOut));
    return undefined;
  }
  const unit = into.asked.value.unit ?? 'count',
    raw = (of: string): bigint | undefined => parseLimit(of, unit, into.version);
  const bound = other === undefined ? undefined : raw(other.text);
  const fits = (offer: bigint | undefined): boolean =>
    bound === undefined || offer === undefined || (label === 'soft' ? offer <= bound : offer >= bound);
  const fitting = (asked: Asked): readonly Choice[] => (limit.offers?.(asked) ?? []).filter((o) => fits(raw(o.word)));
  const found = take(cutOut.word, { ...limit, offers: fitting }, into, label);
  return found === undefined ? undefined : { ...cutOut, raw: raw(cutOut.word.text) };
}
