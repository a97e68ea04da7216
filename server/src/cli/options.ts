/** Options that verbs share, and the values that they take. */

export const formatOption = (formats: readonly string[]) =>
  ({ type: 'string', default: 'text', value: formats.join('|'), help: 'form of the output; default: text' }) as const;

export const stdinFilename = {
  type: 'string',
  value: 'NAME',
  help: 'read standard input as if it were this file, which says what kind of file it is',
} as const;

/** @throws Error for any other value */
export function oneOf<const T extends string>(option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((each) => each === value);
  if (choice === undefined) throw new Error(`--${option} takes ${choices.join(', ')}, not "${value}"`);
  return choice;
}

/**
 * A release of systemd or mkosi. `auto` is the default, as in the settings of the editor.
 * @param oldest the first release that can be asked for
 * @throws Error for anything else
 */
export function release(option: string, value: string | undefined, otherwise: number, oldest = Number.MIN_VALUE): number {
  if (value === undefined || value === 'auto') return otherwise;
  const number = Number(value);
  if (Number.isFinite(number) && number >= oldest) return number;
  const since = oldest < 1 ? '' : `, ${oldest} or newer`;
  throw new Error(`--${option} takes a release such as ${otherwise}${since}, not "${value}"`);
}

/** Whether standard input is asked for. @throws Error when it is one of several operands */
export function isStandardInput(operands: readonly string[]): boolean {
  if (!operands.includes('-')) return false;
  if (operands.length > 1) throw new Error('- is standard input and takes no other file with it');
  return true;
}
