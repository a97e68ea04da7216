import type { Verb } from './verb';

/** Columns of an option with its value. */
const optionWidth = 28;

const synopses = (verbs: readonly Verb[]): string[] =>
  verbs.flatMap(({ name, forms }) => forms.map((form) => `cli.js ${name} [OPTION...] ${form}`));

const usageLines = (lines: readonly string[]): string => lines.map((line, i) => `${i === 0 ? 'Usage: ' : '       '}${line}\n`).join('');

/** What the program does, in a line for each verb. */
export function usage(verbs: readonly Verb[]): string {
  const rows = [...verbs.map(({ name, summary }) => [name, summary]), ['--stdio', 'Language server for any editor']];
  const width = Math.max(...rows.map(([name = '']) => name.length)) + 2;
  return [
    usageLines([...synopses(verbs), 'cli.js --stdio']),
    rows.map(([name = '', summary = '']) => `${name.padEnd(width)}${summary}\n`).join(''),
    'cli.js VERB --help explains a verb and its options.\n',
  ].join('\n');
}

/** What a verb does, with its options, and which other verbs there are. */
export function verbUsage(verb: Verb, verbs: readonly Verb[]): string {
  const options = Object.entries(verb.options).map(([name, { value, help }]) => {
    const option = `  --${name}${value === undefined ? '' : ` ${value}`}`;
    return `${option.length < optionWidth ? option.padEnd(optionWidth) : `${option}\n${' '.repeat(optionWidth)}`}${help}\n`;
  });
  const all = [...verbs.map(({ name }) => name), '--stdio'].map((name) => `  cli.js ${name}\n`).join('');
  return [usageLines(synopses([verb])), `${verb.description.trim()}\n`, options.join(''), `All verbs:\n${all}`].join('\n');
}
