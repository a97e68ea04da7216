import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Location } from 'vscode-languageserver-types';
import { type AssignmentLine, inDocument, nspawnDialect, type Placed, parse } from '../syntax';
import { type FeatureContext, uriOf } from './context';

/** Where systemd-networkd looks for its files; the first of a name counts (systemd.network(5)). */
const folders: readonly string[] = [
  '/etc/systemd/network',
  '/run/systemd/network',
  '/usr/local/lib/systemd/network',
  '/usr/lib/systemd/network',
];

/** A bridge in a file of systemd-networkd. */
export interface Bridge {
  readonly name: string;
  /** A `.netdev` file creates it; a `.network` file only configures it. */
  readonly made: boolean;
  readonly location: Location;
}

/** The bridges that files of systemd-networkd make, configure or put interfaces into. */
export function bridgesOf(world: FeatureContext): Bridge[] {
  const seen = new Set<string>(),
    found: Bridge[] = [];
  for (const folder of folders) {
    for (const { name, folder: isFolder } of world.entries(folder)) {
      if (isFolder || seen.has(name) || !/\.(netdev|network)$/.test(name)) continue;
      seen.add(name);
      const path = `${folder}/${name}`,
        text = world.text(path);
      if (text !== undefined) found.push(...bridgesIn(path, text));
    }
  }
  return found.sort((a, b) => Number(b.made) - Number(a.made));
}

function* bridgesIn(path: string, text: string): Generator<Bridge> {
  const document = TextDocument.create(uriOf(path), 'ini', 0, text),
    assigned = assignments(text);
  const last = (section: string, key: string): Placed<AssignmentLine> | undefined =>
    assigned.filter((a) => a.section === section && a.line.key.text === key).at(-1);
  const bridge = ({ line, start }: Placed<AssignmentLine>, made: boolean): Bridge => {
    const span = inDocument(start, line.value.span());
    return {
      name: line.value.text,
      made,
      location: { uri: document.uri, range: { start: document.positionAt(span.start), end: document.positionAt(span.end) } },
    };
  };
  if (path.endsWith('.netdev')) {
    const name = last('NetDev', 'Name');
    if (name !== undefined && last('NetDev', 'Kind')?.line.value.text === 'bridge') yield bridge(name, true);
    return;
  }
  const joined = last('Network', 'Bridge');
  if (joined !== undefined && joined.line.value.length > 0) yield bridge(joined, false);
}

/** Files of networkd are written like those of nspawn. */
function assignments(text: string): (Placed<AssignmentLine> & { readonly section: string | undefined })[] {
  const found = [];
  let section: string | undefined;
  for (const { line, start } of parse(text, nspawnDialect(Infinity))) {
    if (line.kind === 'header') section = line.name.text;
    else if (line.kind === 'assignment') found.push({ line, start, section });
  }
  return found;
}
