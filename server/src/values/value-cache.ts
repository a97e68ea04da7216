import type { SchemaVersion, ValueType } from '../schema';
import type { AssignmentLine } from '../syntax';
import { type Grammar, Reading } from './grammar';

/** Short values such as `yes` are in nearly every file; of each type some are remembered. */
const longest = 24,
  most = 100;
const common = new WeakMap<ValueType, Map<string, Reading>>();

/** The value of a line, taken apart; the same answer for the same line, type and release. */
export function readingOf(line: AssignmentLine, grammar: Grammar, value: ValueType, edition: SchemaVersion): Reading {
  const isOf = (known: object | undefined): known is Reading =>
    known instanceof Reading && known.asked.value === value && known.asked.edition === edition;
  if (isOf(line.memo)) return line.memo;
  const { text } = line.value;
  let alike: Map<string, Reading> | undefined;
  if (text.length <= longest) {
    alike = common.get(value);
    if (alike === undefined || alike.size >= most) common.set(value, (alike = new Map<string, Reading>()));
  }
  const known = alike?.get(text),
    reading = isOf(known) ? known : grammar.read(text, { value, edition });
  alike?.set(text, reading);
  line.memo = reading;
  return reading;
}
