import type { SchemaVersion } from '../schema';

/**
 * Why the tool rejects the name of a section, unknown or not: without a name (nspawn since 261), since 251 control
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
