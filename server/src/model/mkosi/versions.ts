import { skip } from '../../syntax';

/** Which of two numbers is greater, by their digits: numbers of any length are compared as fast as texts. */
function compareDigits(left: string, right: string): number {
  const a = left.slice(skip(left, (c) => c === '0')),
    b = right.slice(skip(right, (c) => c === '0'));
  return a.length !== b.length ? a.length - b.length : a < b ? -1 : a > b ? 1 : 0;
}

/** Compares versions as the UAPI group's specification has it, with mkosi's own reading of `^` (versioncomp.py). */
export function compareVersions(left: string, right: string): number {
  let a = left,
    b = right;
  for (;;) {
    a = a.replace(/^[^A-Za-z0-9~^.-]+/, '');
    b = b.replace(/^[^A-Za-z0-9~^.-]+/, '');
    const tilde = sign(a, b, '~');
    if (tilde !== undefined && tilde !== 0) return tilde;
    if (tilde === 0) {
      a = a.slice(1);
      b = b.slice(1);
    }
    if (a === '' || b === '') return a === b ? 0 : a === '' ? -1 : 1;
    let skipped = tilde === 0;
    for (const mark of ['-', '^', '.']) {
      const by = sign(a, b, mark);
      if (by === undefined) continue;
      if (by !== 0) return by;
      a = a.slice(1);
      b = b.slice(1);
      skipped = true;
    }
    const digits = [/^[0-9]*/.exec(a)?.[0] ?? '', /^[0-9]*/.exec(b)?.[0] ?? ''] as const;
    if (digits[0] !== '' || digits[1] !== '') {
      const difference = compareDigits(...digits);
      if (difference !== 0) return difference < 0 ? -1 : 1;
      a = a.slice(digits[0].length);
      b = b.slice(digits[1].length);
      continue;
    }
    const letters = [/^[A-Za-z]*/.exec(a)?.[0] ?? '', /^[A-Za-z]*/.exec(b)?.[0] ?? ''] as const;
    if (letters[0] !== letters[1]) return letters[0] < letters[1] ? -1 : 1;
    if (letters[0] === '' && !skipped && a === b) return 0;
    a = a.slice(letters[0].length);
    b = b.slice(letters[1].length);
  }
}

/** One that begins with a mark is older; 0 when both do, undefined when none does. */
function sign(a: string, b: string, mark: string): number | undefined {
  if (a.startsWith(mark)) return b.startsWith(mark) ? 0 : -1;
  return b.startsWith(mark) ? 1 : undefined;
}

const operators: readonly (readonly [string, (order: number) => boolean])[] = [
  ['==', (o) => o === 0],
  ['!=', (o) => o !== 0],
  ['<=', (o) => o <= 0],
  ['>=', (o) => o >= 0],
  ['>', (o) => o > 0],
  ['<', (o) => o < 0],
];

/** Whether a version meets a condition such as `>=7`; without an operator it has to be the same. */
export function meetsVersion(condition: string, version: string): boolean {
  const [sigil, test] = operators.find(([s]) => condition.startsWith(s)) ?? ['', (o: number): boolean => o === 0];
  return test(compareVersions(version, condition.slice(sigil.length)));
}
