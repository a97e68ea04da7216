import type { Setting, ValueType, Version } from '../../schema';
import { Text } from '../../syntax';
import { split } from '../../values';

/** A setting's value: a word, the items of a list, or names with their values; null: assigned, but to nothing. */
export type Value = string | readonly string[] | ReadonlyMap<string, string> | null;

/**
 * What a setting is after an assignment.
 * @param text has no specifiers any more
 * @param grows there is no other reference to `old`: a list takes the new items itself instead of being copied for each assignment
 */
export function assign(setting: Setting, text: string, old: Value | undefined, version: Version, grows: boolean): Value {
  const { value } = setting;
  if (value.list === undefined) return text === '' ? null : word(value, text);
  const items = split(Text.plain(text, 0), value.list, version).items.map((item) => item.text);
  if (items.length === 0 && text === '') return setting.reset === false ? (old ?? null) : null;
  if (value.type === 'dict') {
    const map = old instanceof Map ? (old as Map<string, string>) : new Map<string, string>(),
      own = grows ? map : new Map(map);
    for (const [name, said] of items.map(pair)) own.set(name, said);
    return own;
  }
  const list = Array.isArray(old) ? (old as string[]) : [],
    own = grows ? list : [...list];
  for (const item of items) own.push(item);
  return own;
}

function pair(item: string): [string, string] {
  const equals = item.indexOf('=');
  return equals < 0 ? [item.trim(), ''] : [item.slice(0, equals).trim(), item.slice(equals + 1).trim()];
}

const yes: readonly string[] = ['1', 'true', 'yes', 'y', 't', 'on', 'always'];
const no: readonly string[] = ['0', 'false', 'no', 'n', 'f', 'off', 'never'];

/** The truth value of a word, undefined when it has none (mkosi 27.1 config.py try_parse_boolean). */
export const truth = (text: string): boolean | undefined =>
  yes.includes(text.toLowerCase()) ? true : no.includes(text.toLowerCase()) ? false : undefined;

/** The word that a value stands for: `enabled` for the `yes` of a feature. */
function word({ type, words, true: whenTrue, false: whenFalse }: ValueType, text: string): string {
  if (words?.some((w) => w.word === text) === true) return text;
  const known = truth(text);
  if (known === undefined || !(type === 'boolean' || type === 'feature' || whenTrue !== undefined)) return text;
  return known ? (whenTrue ?? 'yes') : (whenFalse ?? 'no');
}
