// What the generators of tools/schema share: reading facts, and writing them out as the server reads them.
// The fields of a record are those of `SchemaData` in server/src/schema/types.ts; README.md in facts/ says what may be shorter.
import { readFileSync } from 'node:fs';

/** Facts by the name of their file, without `.json`. Throws a SyntaxError when it is not JSON. */
export const readFacts = (name) => JSON.parse(readFileSync(new URL(`facts/${name}.json`, import.meta.url), 'utf8'));

/** The text of a generated file: one record per line, so that a change of one record is a change of one line. */
export function linesOf(data) {
  const members = Object.entries(data).map(([name, value]) =>
    Array.isArray(value) && value.some((item) => typeof item === 'object')
      ? `  ${JSON.stringify(name)}: [\n${value.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`
      : `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{\n${members.join(',\n')}\n}\n`;
}

/** A list of words: a string is a word of which nothing else is known. */
export const wordsOf = (words) => words.map((word) => withoutComment(typeof word === 'string' ? { word } : word));

/** The sections of a tool: a string is a section that every release has. */
export const sectionsOf = (sections) => sections.map((section) => (typeof section === 'string' ? { name: section } : section));

/** A record without its `comment`, which is for maintainers only. */
export function withoutComment({ comment: _comment, ...record }) {
  return record;
}

/** Every field that a setting may have, in the facts and in what is generated (`Setting` in types.ts). */
const fields = new Set(
  `name section since until places value repeat reset resetUntil default cli trust trustSince scope tools match matchValue files aliases
  before deprecated source comment by note`.split(/\s+/),
);

/**
 * The record of a setting: names of value types and of list forms are replaced by what they stand for.
 * Throws an Error that names the setting when a field is unknown or a list form does not exist.
 * @param {{ values?: Record<string, object>, lists?: Record<string, object> }} shared
 */
export function settingOf(record, shared = {}) {
  const unknown = Object.keys(record).find((field) => !fields.has(field));
  if (unknown) throw new Error(`${record.name}: unknown field "${unknown}"; the fields are those of Setting in server/src/schema/types.ts`);
  try {
    return withoutComment({ ...record, ...typesOf(record, shared), ...(record.before && { before: beforeOf(record.before, shared) }) });
  } catch (error) {
    throw new Error(`${record.name}: ${error.message}`, { cause: error });
  }
}

const beforeOf = (before, shared) => before.map((older) => ({ ...older, ...typesOf(older, shared) }));

/** The two members of a record that are value types. */
const typesOf = ({ value, matchValue }, shared) => ({
  ...(value && { value: valueOf(value, shared) }),
  ...(matchValue && { matchValue: valueOf(matchValue, shared) }),
});

/** A value type. A string is a name of `values`, or the name of a grammar that needs no parameters. */
function valueOf(value, shared) {
  if (typeof value === 'string') return Object.hasOwn(shared.values ?? {}, value) ? valueOf(shared.values[value], shared) : { type: value };
  return {
    ...value,
    ...(value.of && { of: valueOf(value.of, shared) }),
    ...(value.words && { words: wordsOf(value.words) }),
    ...(value.list && { list: shared.lists?.[value.list] ?? fail(`there is no list form "${value.list}" in "lists"`) }),
  };
}

/** @returns {never} */
export function fail(message) {
  throw new Error(message);
}
