import type { Project } from '../model';
import type { EffectiveText } from '../protocol';
import { uriOf } from './context';
import { assignmentsIn, below, type EffectiveConfiguration, type EffectiveSetting, isRecord, type Origin } from './effective';

/** Lines with links at their ends, as they are put together. */
class Page {
  readonly lines: string[] = [];
  private readonly links: EffectiveText['links'][number][] = [];

  /** @param folder of the project; paths are shown relative to it */
  constructor(private readonly folder: string) {}

  /** A comment that names the lines that a value comes from. */
  from(origins: readonly Origin[]): void {
    let comment = '# from';
    for (const { path, line } of origins) {
      const where = `${below(this.folder, path)}:${line + 1}`,
        start = comment.length + 1;
      this.links.push({ line: this.lines.length, start, end: start + where.length, to: { uri: uriOf(path), line, character: 0 } });
      comment += ` ${where}`;
    }
    this.lines.push(comment);
  }

  get text(): EffectiveText {
    return { text: `${this.lines.join('\n')}\n`, links: this.links };
  }
}

/** An effective configuration as a text with links to the lines that set something; those settings come first. */
export function effectiveText({ images, notes }: EffectiveConfiguration, folder: string): EffectiveText {
  const page = new Page(folder);
  if (notes.length > 0) page.lines.push(...notes.map((note) => `# ${note}`), '');
  for (const [at, { name, settings }] of images.entries()) {
    const having = (from: EffectiveSetting['from']): EffectiveSetting[] => settings.filter((s) => s.from === from);
    const write = (setting: EffectiveSetting): void => {
      if (setting.origins.length > 0) page.from(setting.origins);
      page.lines.push(...valueLines(setting));
    };
    if (at > 0) page.lines.push('');
    page.lines.push(`# ---- image ${name} ----`);
    for (const setting of having('file')) write(setting);
    const given = having('main'),
      rest = having('other');
    if (given.length > 0) page.lines.push('', '# From the main image:');
    for (const setting of given) write(setting);
    if (rest.length > 0) page.lines.push('', '# Not set by name: from files found by name, and defaults.');
    for (const setting of rest) write(setting);
  }
  return page.text;
}

/**
 * The same for releases that print no JSON: what the files set, with its lines, and then what mkosi makes of it.
 * @param stdout of `mkosi summary`
 * @param project read for that release, 18 or older
 */
export function effectiveTextOfSummary(stdout: string, project: Project, release: number): EffectiveText {
  const page = new Page(project.root);
  page.lines.push(
    `# mkosi ${release} prints the configuration only as text, without the lines it came from; mkosi 19 and newer print every setting.`,
    '',
    '# ---- set in the files ----',
  );
  let isRead = true;
  for (const { name, value, origin, isRead: now } of assignmentsIn(project)) {
    if (now !== isRead)
      page.lines.push(
        now ? '# Read again:' : '# Not read, as far as is known without mkosi: a condition does not hold, or nothing includes it.',
      );
    isRead = now;
    page.from([origin]);
    page.lines.push(
      ...named(
        name,
        value
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== ''),
      ),
    );
  }
  page.lines.push('', `# ---- as mkosi ${release} sees it ----`, stdout.trimEnd());
  return page.text;
}

function valueLines({ name, value, unknown }: EffectiveSetting): string[] {
  if (unknown !== undefined) return [`# ${name}= is not known here: ${unknown}`];
  if (Array.isArray(value)) return named(name, value.map(shown));
  return named(name, isRecord(value) ? Object.entries(value).map(([key, one]) => `${key}=${shown(one)}`) : [shown(value)]);
}

const named = (name: string, items: readonly string[]): string[] =>
  items.length <= 1 ? [`${name}=${items[0] ?? ''}`] : [`${name}=`, ...items.map((item) => `    ${item}`)];

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (isRecord(value)) {
    const inner = Object.values(value).filter((v) => v !== null && v !== '');
    return inner.every((v) => typeof v === 'string') && inner.length > 0 ? inner.join(':') : JSON.stringify(value);
  }
  return typeof value === 'string' ? value.replace(/\n/g, '\n    ') : JSON.stringify(value);
}
