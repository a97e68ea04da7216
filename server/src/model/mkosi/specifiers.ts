import { has, type SchemaVersion } from '../../schema';

/** A value with its specifiers replaced, and those that nothing stands for. */
export interface Expanded {
  readonly text: string;
  readonly unknown: readonly string[];
  readonly unset: readonly { readonly char: string; readonly setting: string }[];
}

/** What a specifier stands for: a text, nothing yet, or undefined when it cannot be known. */
export type Meaning = (char: string, setting: string | undefined) => string | undefined;

/**
 * The most characters that specifiers of one value are replaced up to. What they stand for may have specifiers of its own
 * that were replaced before, so that a few lines could expand beyond any memory.
 */
const mostCharacters = 1 << 16;

/** Replaces `%x`; a `%` at the very end stays (mkosi 27.1 config.py expand_specifiers). */
export function expand(text: string, edition: SchemaVersion, meaning: Meaning): Expanded {
  if (!text.includes('%')) return { text, unknown: [], unset: [] };
  const known = edition.schema.data.specifiers ?? [];
  const unknown = new Set<string>(),
    unset = new Map<string, { char: string; setting: string }>();
  let result = '',
    percent = false;
  for (const c of text) {
    if (!percent) {
      if (c === '%') percent = true;
      else result += c;
      continue;
    }
    percent = false;
    if (c === '%') {
      result += '%';
      continue;
    }
    const specifier = known.find((s) => s.char === c && has(s, edition.version));
    if (specifier === undefined) {
      unknown.add(c);
      continue;
    }
    if (result.length > mostCharacters) {
      result += `%${c}`;
      continue;
    }
    const value = meaning(c, specifier.setting);
    if (value === undefined) {
      if (specifier.setting !== undefined) unset.set(c, { char: c, setting: specifier.setting });
    } else result += value;
  }
  return { text: percent ? `${result}%` : result, unknown: [...unknown], unset: [...unset.values()] };
}
