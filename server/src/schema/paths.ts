/** What an escape, a query or a step upwards needs a parser for. */
const special = /[^\w./~@+=,-]|\/\.\.?(\/|$)/;

/** The path of a `file:` document, with slashes; undefined for any other scheme. */
export function pathOf(uri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  if (uri.startsWith('file:///') && !special.test(uri.slice(7))) return uri.slice(7);
  try {
    return decodeURIComponent(new URL(uri).pathname);
  } catch {
    return undefined;
  }
}
