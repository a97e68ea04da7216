import type { Assigned, Document, Setting } from '../schema';
import { inDocument, type Span } from '../syntax';
import { type Effect, type Grammar, grammarOf, type Problem, Reading, readingOf, type ValuePart } from '../values';

/** An assignment of a setting that this release knows, and what the tool makes of its value. */
export interface ParsedAssignment extends Assigned {
  readonly section: string;
  readonly setting: Setting;
  readonly grammar: Grammar | undefined;
  /** Empty when the type has no grammar, and when the value is empty and thereby resets what was set before. */
  readonly reading: Reading;
  /** The value is empty and resets what was set before. */
  readonly resets: boolean;
  /** The tool goes on without the line. */
  readonly dropped: boolean;
}

/** What the tool has after it has read a file: one reading that all rules share. */
export class EffectiveAssignments {
  /** Every assignment of a known setting, in order. */
  readonly entries: readonly ParsedAssignment[];
  private readonly byName = new Map<string, ParsedAssignment[]>();
  private readonly inForce = new Map<string, readonly ParsedAssignment[]>();

  constructor(readonly document: Document) {
    const entries: ParsedAssignment[] = [];
    for (const assigned of document.assignments()) {
      const entry = entryOf(document, assigned);
      if (entry === undefined) continue;
      entries.push(entry);
      const same = this.byName.get(entry.setting.name);
      if (same === undefined) this.byName.set(entry.setting.name, [entry]);
      else same.push(entry);
    }
    this.entries = entries;
  }

  /** All assignments of a setting. */
  named(name: string): readonly ParsedAssignment[] {
    return this.byName.get(name) ?? none;
  }

  /** The assignments of a setting that still count at the end of the file. */
  live(name: string): readonly ParsedAssignment[] {
    const named = this.named(name);
    if (named.length === 0) return none;
    let known = this.inForce.get(name);
    if (known === undefined) this.inForce.set(name, (known = inForce(named)));
    return known;
  }

  /** The assignment that decides a setting of which only one counts. */
  last(name: string): ParsedAssignment | undefined {
    return this.live(name).at(-1);
  }

  /** The word that a setting of fixed words is set to. */
  word(name: string): string | undefined {
    return wordOf(this.last(name));
  }
}

const none: readonly ParsedAssignment[] = [];

/** What is left of the assignments of one setting. */
function inForce(named: readonly ParsedAssignment[]): readonly ParsedAssignment[] {
  let live: ParsedAssignment[] = [];
  for (const entry of named) {
    if (entry.dropped) continue;
    if (entry.resets) live = [];
    else if (entry.setting.repeat === 'replace') live = [entry];
    else live.push(entry);
  }
  return live;
}

/** The fixed word of a value that is one word. */
export const wordOf = (entry: ParsedAssignment | undefined): string | undefined => entry?.reading.parts[0]?.word;

/** What the tool does with a problem: it leaves the setting out, or stops. */
export const effectOf = (problem: Problem, { edition }: Document): Effect => problem.effect ?? edition.schema.reader.badValue;

/** Where a setting's name is in the document. */
export const nameSpan = ({ line, start }: Assigned): Span => inDocument(start, line.key.span());
/** Where a stretch of a setting's value is in the document; the whole assignment when the value is empty. */
export function valueSpan({ line, start }: Assigned, stretch?: Span): Span {
  if (line.value.length === 0) return inDocument(start, { start: line.key.inLine(0), end: line.equals + 1 });
  return inDocument(start, stretch === undefined ? line.value.span() : line.value.span(stretch.start, stretch.end));
}
export const partSpan = (entry: Assigned, part: ValuePart): Span => valueSpan(entry, part);

/** From the name to the end of the value. */
export function assignmentSpan({ line, start }: Assigned): Span {
  return inDocument(start, {
    start: line.key.inLine(0),
    end: line.value.length === 0 ? line.equals + 1 : line.value.span().end,
  });
}

/** A line with everything that belongs to it, for fixes that take it away. */
export const lineSpan = ({ line, start }: Assigned): Span => ({ start, end: start + line.length });

function entryOf(document: Document, assigned: Assigned): ParsedAssignment | undefined {
  const { setting, section, line, start } = assigned;
  const { edition } = document;
  if (setting === undefined || section === undefined) return undefined;
  const resets = line.value.length === 0 && edition.resets(setting);
  // A condition asks for a value in its own syntax, and a specifier is only known when mkosi runs.
  const open = edition.isCondition(section) || (edition.schema.data.specifiers !== undefined && line.value.text.includes('%'));
  const grammar = open ? undefined : grammarOf(setting.value);
  const reading =
    grammar === undefined || resets ? new Reading({ value: setting.value, edition }) : readingOf(line, grammar, setting.value, edition);
  const dropped = reading.problems.length > 0 && reading.problems.some((p) => ['dropped', 'fatal'].includes(effectOf(p, document)));
  return { line, start, section, setting, grammar, reading, resets, dropped };
}

/** What the tool has after reading a document; all rules share it. */
const load = (document: Document): EffectiveAssignments => new EffectiveAssignments(document);
export const loadOf = (document: Document): EffectiveAssignments => document.once(load);
