import type { SchemaVersion } from '../../schema';
import { inDocument } from '../../syntax';
import { type Rule, replacement } from '../rule';

/** A line that begins like a section header, but is none: every tool gives up at it. */
export const brokenHeader: Rule = {
  id: 'broken-header',
  *check({ document: { tree, edition } }) {
    for (const { line, start } of tree) {
      if (line.kind !== 'header') continue;
      const span = inDocument(start, line.whole.span());
      if (!line.closed) {
        const after = line.whole.text.indexOf(']');
        yield {
          verdict: 'refused',
          ...span,
          message: after < 0 ? 'The closing ] is missing' : 'Nothing may follow the closing ], not even a comment',
          fixes: [
            after < 0
              ? replacement('Add the closing ]', { start: span.end, end: span.end }, ']')
              : replacement('Remove what follows', { start: start + line.whole.inLine(after + 1), end: span.end }, ''),
          ],
        };
      } else {
        const fault = nameFault(line.name.text, edition);
        if (fault !== undefined) yield { verdict: 'refused', ...span, message: fault };
      }
    }
  },
};

/**
 * Why the tool gives up at the name of a section, unknown or not: without a name (nspawn since 261), since 251 control
 * characters, quotation marks and backslashes, since 261 also * ? [ (string-util.c string_is_safe).
 */
export function nameFault(name: string, { schema, version, modern }: SchemaVersion): string | undefined {
  if (schema.data.tool !== 'systemd-nspawn') {
    return modern && name === '' ? 'The section has no name' : undefined;
  }
  if (name === '') return version >= 261 ? 'The section has no name' : undefined;
  if (version < 251) return undefined;
  const bad = /[\x01-\x1f\x7f"'\\]/.exec(name)?.[0] ?? (version >= 261 ? /[*?[]/.exec(name)?.[0] : undefined);
  return bad === undefined
    ? undefined
    : `systemd ${version} allows no ${/[ -~]/.test(bad) ? bad : 'control characters'} in the name of a section`;
}
