import type { Document } from '../schema';
import type { AssignmentLine, Placed } from '../syntax';

/** A setting with the comments above it, as text. */
export interface Block {
  /** Comments and blank lines right above it. */
  readonly lead: string;
  /** The line with all that continues it, line ends included; empty after the last setting of a section. */
  readonly raw: string;
  /** The setting on the line; undefined for text that is not a setting. */
  readonly setting?: Placed<AssignmentLine>;
  /** Line number, from 0. */
  readonly line: number;
}

/** A header and what follows it. */
export interface OutputPart {
  readonly name: string | undefined;
  readonly lead: string;
  readonly blocks: readonly Block[];
}

/**
 * Cuts a document, whose lines end in LF, at its headers and settings. All comments become `#` comments: mkosi 25 knows
 * no others.
 */
export function cut(document: Document): OutputPart[] {
  const text = document.text.getText();
  const parts: { name: string | undefined; lead: string; blocks: Block[] }[] = [{ name: undefined, lead: '', blocks: [] }];
  let lead = '';
  for (const { line, start } of document.tree) {
    const raw = ended(
      hashed(
        text.slice(start, start + line.length),
        line.comments.map((c) => c.start),
      ),
    );
    const number = document.text.positionAt(start).line;
    const last = parts.at(-1);
    if (line.kind === 'blank' || line.kind === 'comment') lead += line.kind === 'blank' ? '\n' : raw.trimStart();
    else if (line.kind === 'header' && line.closed) {
      parts.push({ name: line.name.text.trim(), lead, blocks: [] });
      lead = '';
    } else {
      const [above, own] = apart(lead);
      if (above !== '') last?.blocks.push({ lead: above, raw: '', line: number });
      last?.blocks.push({
        lead: own,
        raw: raw.trimStart(),
        line: number,
        ...(line.kind === 'assignment' ? { setting: { line, start } } : {}),
      });
      lead = '';
    }
  }
  if (lead !== '') parts.at(-1)?.blocks.push({ lead, raw: '', line: document.text.lineCount - 1 });
  return parts;
}

/** The text up to the last blank line, and the comments after it, which belong to what follows. */
function apart(lead: string): [above: string, own: string] {
  const blank = lead.lastIndexOf('\n\n');
  if (blank >= 0) return [lead.slice(0, blank + 2), lead.slice(blank + 2)];
  return lead.startsWith('\n') ? ['\n', lead.slice(1)] : ['', lead];
}

const ended = (raw: string): string => (raw.endsWith('\n') ? raw : `${raw}\n`);

function hashed(raw: string, comments: readonly number[]): string {
  let text = raw;
  for (const at of comments) if (text.charAt(at) === ';') text = `${text.slice(0, at)}#${text.slice(at + 1)}`;
  return text;
}

/** Text as a comment, line by line. */
export const commented = (text: string): string =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => (line.trim() === '' ? '#' : `# ${line}`))
    .join('\n') + '\n';

/** A stretch of a value to put something else in place of; offsets in the value's text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A setting's line under another name and with an edited value; comments inside and indentation stay. */
export function rewritten({ raw, setting }: Block, name: string, edits: readonly Edit[]): string {
  if (setting === undefined) return raw;
  const { key, value } = setting.line;
  const shift = key.inLine(0); // the indentation that cut() took off
  const at = [...edits]
    .sort((a, b) => a.start - b.start)
    .map(({ start, end, text }) => {
      const from = value.inLine(start);
      return { start: from - shift, end: (end > start ? value.inLine(end - 1) + 1 : from) - shift, text };
    });
  let out = '',
    done = 0;
  for (const { start, end, text } of [{ start: 0, end: key.length, text: name }, ...at]) {
    out += raw.slice(done, start) + text;
    done = end;
  }
  out += raw.slice(done);
  // Lines that an edit emptied are removed; the first one holds the name.
  const before = raw.split('\n').filter((l) => l.trim() === '').length;
  const lines = out.split('\n');
  return lines.filter((l) => l.trim() === '').length > before ? `${lines.filter((l, i) => i === 0 || l.trim() !== '').join('\n')}\n` : out;
}

/** A text with its edits. */
export function applied(text: string, edits: readonly Edit[]): string {
  let out = '',
    done = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    out += text.slice(done, edit.start) + edit.text;
    done = edit.end;
  }
  return out + text.slice(done);
}
