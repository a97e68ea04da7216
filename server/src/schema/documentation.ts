/** One piece of documentation, as Markdown. */
export interface DocumentationEntry {
  /** The first sentence, for lists. */
  readonly summary: string;
  /** Everything but the list of words. */
  readonly body: string;
  /** What each fixed word means. */
  readonly words: ReadonlyMap<string, string>;
}

/**
 * Our documentation of one dialect, cut up by its headings: `## [Section]` (or `## Chapter`) and below it `### Setting=`
 * (or `### Word`). The Markdown is read on the first question, not when the server starts.
 */
export class Documentation {
  private entries: Map<string, DocumentationEntry> | undefined;

  constructor(private readonly markdown: string) {}

  /** @param section name without brackets, or the title of a chapter */
  section(section: string): DocumentationEntry | undefined {
    return this.read().get(section);
  }

  /** @param name setting without its equals sign, or a word of a chapter */
  setting(section: string, name: string): DocumentationEntry | undefined {
    return this.read().get(`${section}/${name}`);
  }

  /** Every heading as `Section` or `Section/Name`, for the test that holds it against the records. */
  headings(): readonly string[] {
    return [...this.read().keys()];
  }

  private read(): Map<string, DocumentationEntry> {
    this.entries ??= cut(this.markdown);
    return this.entries;
  }
}

function cut(markdown: string): Map<string, DocumentationEntry> {
  const entries = new Map<string, DocumentationEntry>();
  let section = '',
    key: string | undefined,
    lines: string[] = [],
    fenced = false;
  const close = (): void => {
    if (key !== undefined) entries.set(key, entry(lines));
    lines = [];
  };
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) fenced = !fenced;
    const heading = fenced ? null : /^(##|###) (.+?)\s*$/.exec(line);
    if (heading === null) {
      lines.push(line);
      continue;
    }
    close();
    const title = (heading[2] ?? '').replace(/^\[(.*)\]$/, '$1').replace(/=$/, '');
    if (heading[1] === '##') {
      section = title;
      key = title;
    } else key = `${section}/${title}`;
  }
  close();
  return entries;
}

/** `- `word`: text`; several words of one meaning are written as `a`, `b`. */
const item = /^- ((?:`[^`]+`(?:, | or )?)+): (.*)$/;

function entry(lines: readonly string[]): DocumentationEntry {
  const words = new Map<string, string>();
  const body: string[] = [];
  let fenced = false,
    last: string[] = [];
  for (const line of lines) {
    if (line.startsWith('```')) fenced = !fenced;
    const match = fenced ? null : item.exec(line);
    if (match !== null) {
      last = [...(match[1] ?? '').matchAll(/`([^`]+)`/g)].map((m) => m[1] ?? '');
      for (const word of last) words.set(word, match[2] ?? '');
    } else if (last.length > 0 && /^ {2,}\S/.test(line)) {
      for (const word of last) words.set(word, `${words.get(word) ?? ''} ${line.trim()}`);
    } else {
      last = [];
      body.push(line);
    }
  }
  const text = body
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  const summary = /^.*?[.!?:](?=\s|$)/s.exec(text)?.[0] ?? text;
  return { summary: summary.replace(/\s+/g, ' '), body: text, words };
}
