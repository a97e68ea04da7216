import type { Version } from '../schema';
import { shortened, skip } from '../syntax';
import { type Atom, single } from './combinators';
import { type Grammar, grammar } from './grammar';

/** What C's strtoul() and strtol() read: base 0 takes 0x, 0b, 0o and octal, base 10 digits alone. */
export interface NumberForm {
  readonly base?: 0 | 10;
  readonly signed?: boolean;
  readonly min: bigint;
  readonly max: bigint;
  /** Flags of systemd's safe_atou_full(). */
  readonly refuseSpace?: boolean;
  readonly refuseSign?: boolean;
  readonly refuseLeadingZero?: boolean;
}

export const uint16: NumberForm = { min: 0n, max: 0xffffn };
export const uint32: NumberForm = { min: 0n, max: 0xffffffffn };
export const uint64: NumberForm = { min: 0n, max: 0xffffffffffffffffn };
export const int32: NumberForm = { signed: true, min: -0x80000000n, max: 0x7fffffffn };

/**
 * Reads a number as systemd does (v262 parse-util.c safe_atou_full, safe_atoi).
 * @returns the number; `range` when it is one that does not fit; undefined when it is none
 */
export function parseNumber(text: string, form: NumberForm, version: Version): bigint | 'range' | undefined {
  if (form.refuseSpace === true && /^[ \t\n\r]/.test(text)) return undefined;
  let rest = text.replace(/^[ \t\n\r]+/, '');
  if (form.refuseSign === true && /^[+-]/.test(rest)) return undefined;
  if (form.refuseLeadingZero === true && rest.length > 1 && rest.startsWith('0')) return undefined;
  let radix: 'auto' | 2 | 8 | 10 = form.base === 10 ? 10 : 'auto';
  if (radix === 'auto' && version >= 246) {
    const prefix = /^0([bBoO])/.exec(rest)?.[1]?.toLowerCase();
    if (prefix !== undefined) {
      radix = prefix === 'b' ? 2 : 8;
      rest = rest.slice(2);
    }
  }
  const parts = /^[ \t\n\v\f\r]*([+-]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)$/.exec(rest);
  if (parts === null) return undefined;
  const negative = parts[1] === '-';
  const size = magnitude(parts[2] ?? '', radix, version);
  if (size === undefined) return undefined;
  if (negative && form.signed !== true) return size === 0n && version >= 246 ? 0n : 'range';
  const n = negative ? -size : size;
  return n < form.min || n > form.max ? 'range' : n;
}

function magnitude(digits: string, radix: 'auto' | 2 | 8 | 10, version: Version): bigint | undefined {
  if (/^0[xX]/.test(digits)) return radix === 'auto' ? bigIn('0x', digits.slice(2)) : undefined;
  // Only the builds of 257 let C itself read 0b after a sign.
  if (/^0[bB]/.test(digits)) return radix === 'auto' && version === 257 ? bigIn('0b', digits.slice(2)) : undefined;
  const base = radix !== 'auto' ? radix : digits.length > 1 && digits.startsWith('0') ? 8 : 10;
  if (base === 10) return bigOf(digits);
  if (base === 8) return /^[0-7]+$/.test(digits) ? bigIn('0o', digits) : undefined;
  return /^[01]+$/.test(digits) ? bigIn('0b', digits) : undefined;
}

/**
 * A whole number without a sign. To turn digits by the million into a number takes long: more than any number that
 * fits anywhere has are taken for one that does not fit.
 */
export function bigOf(digits: string): bigint {
  const first = skip(digits, (c) => c === '0');
  return digits.length - first > 40 ? 1n << 128n : BigInt(digits.slice(first) || 0);
}

/** The same in another base; @param prefix such as 0x */
function bigIn(prefix: string, digits: string): bigint {
  const first = skip(digits, (c) => c === '0');
  return digits.length - first > 128 ? 1n << 128n : BigInt(`${prefix}${digits.slice(first) || '0'}`);
}

/** Whether a text names an interface by its number (v262 parse-util.c parse_ifindex). */
export function isInterfaceIndex(text: string, version: Version): boolean {
  const n = parseNumber(text, int32, version);
  return typeof n === 'bigint' && n > 0n;
}

/** A number between two limits, as an atom. */
export function number(form: NumberForm, what: string): Atom {
  return {
    read(text, { edition }) {
      const n = parseNumber(text, form, edition.version);
      if (typeof n === 'bigint') return { role: 'number', number: Number(n) };
      return n === 'range' ? { fault: `${shortened(text.trim())} is out of range; use ${what}` } : undefined;
    },
    expects: () => what,
  };
}

/** `OOMScoreAdjust=` (v262 parse-util.c parse_oom_score_adjust). */
export const oomScore: Grammar = grammar(
  single(
    {
      ...number({ signed: true, min: -1000n, max: 1000n }, 'a number from -1000 to 1000'),
      offers: () =>
        [
          ['-1000', 'never ended for lack of memory'],
          ['-500', 'rather spared'],
          ['0', 'as any other'],
          ['500', 'rather ended'],
          ['1000', 'ended first'],
        ].map(([word = '', detail = '']) => ({ word, detail, sample: true })),
    },
    'number',
  ),
);
