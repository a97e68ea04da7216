import { shortened } from '../../syntax';
import { type Atom, type Fault, oneOf } from '../combinators';
import type { Asked } from '../grammar';
import { fixed } from '../words';
import { parseFloating, parseInteger } from './python';

/** A whole number within the limits of its setting. */
const whole: Atom = {
  read(text, { value }) {
    const n = parseInteger(text);
    if (n === undefined) return undefined;
    const { min, max } = value;
    if ((min !== undefined && n < min) || (max !== undefined && n > max)) return { fault: `${n} is not ${range(value)}` };
    if (value.params?.powerOfTwo === true && (n & (n - 1)) !== 0) return { fault: `${n} is not a power of two` };
    return { role: 'number', number: n };
  },
  expects: ({ value }) => range(value),
};

export const integer: Atom = oneOf(fixed, whole);

function range({ min, max }: Asked['value']): string {
  if (min === undefined) return 'a whole number';
  return max === undefined ? `a whole number from ${min}` : `a whole number from ${min} to ${max}`;
}

/** Access modes, in base eight. */
export const octal: Atom = {
  read(text, { value }) {
    const n = parseInteger(text, 8),
      most = value.max ?? 0o1777;
    if (n === undefined) return undefined;
    return n < 0 || n > most ? { fault: `An access mode lies between 0 and ${most.toString(8)}` } : { role: 'number', number: n };
  },
  expects: () => 'an access mode in base eight such as 0644',
};

const factors: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** A size in bytes with K, M or G after it (mkosi 27.1 config.py parse_bytes). */
export const size: Atom = {
  read(text, { edition: { version } }) {
    const factor = factors[text.slice(-1)];
    const n = parseFloating(factor === undefined ? text : text.slice(0, -1));
    if (n === undefined) return misread(text);
    if (version < 13) {
      const whole = parseInteger(factor === undefined ? text : text.slice(0, -1));
      if (whole === undefined) return { fault: `mkosi ${version} accepts whole numbers only` };
      if (whole > 0 && (whole * (factor ?? 1)) % 512 !== 0) return { fault: `In mkosi ${version} sizes are multiples of 512` };
    }
    if (!Number.isFinite(n)) return { fault: `"${shortened(text)}" is not a size, and mkosi ends with a traceback` };
    if (Math.ceil(n * (factor ?? 1)) <= 0) return { fault: 'A size is greater than zero' };
    return { role: 'number', number: Math.ceil(n * (factor ?? 1)) };
  },
  expects: () => 'a size such as 512M or 4G; mkosi knows K, M and G',
  offers: () => ['512M', '1G', '4G', '16G'].map((word) => ({ word, sample: true })),
};

/** Units that other tools know, and small letters. */
function misread(text: string): Fault | undefined {
  const match = /^\s*([0-9.]+)\s*([kmgt])(i?b)?\s*$/i.exec(text);
  if (match === null) return undefined;
  const unit = (match[2] ?? '').toUpperCase();
  const instead = unit === 'T' ? `${Number(match[1]) * 1024}G` : `${match[1] ?? ''}${unit}`;
  return { fault: `mkosi accepts only the units K, M and G, in capitals and without B; use ${shortened(instead)}`, instead };
}
