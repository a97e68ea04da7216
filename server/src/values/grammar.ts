import type { SchemaVersion, ValueType, Version } from '../schema';
import { type Span, Text } from '../syntax';
import { mostWords } from './extract';

/**
 * What the tool does with something wrong.
 * `dropped`: it complains and goes on without the line. `skipped`: it complains and goes on without the word.
 * `fatal`: it does not start. `silent`: it logs nothing, but does not do what the text says (or fails much later).
 * `advice`: it accepts it.
 */
export type Effect = 'dropped' | 'skipped' | 'fatal' | 'silent' | 'advice';

/** Lines to write in place of the whole assignment, each with a value; none: the assignment says nothing. */
export interface Rewrite {
  readonly title: string;
  readonly values: readonly string[];
  /** The setting that they belong to, if it is another one. */
  readonly setting?: string;
}

/** Something wrong in a value; offsets in the value's text. */
export interface Problem {
  readonly start: number;
  readonly end: number;
  /** What is wrong and what would be right, without the setting's name. */
  readonly message: string;
  /** What was most likely meant, to put in place of the span. */
  readonly instead?: string | undefined;
  readonly rewrite?: Rewrite | undefined;
  /** Default: what the tool does with values that it cannot read. */
  readonly effect?: Effect | undefined;
}

/** Something that can be at the cursor, in place of `[start, end)` of the value's text. */
export interface Proposal {
  readonly label: string;
  readonly start: number;
  readonly end: number;
  readonly detail?: string;
  /** The fixed word, when it is one: documentation is found by it. */
  readonly word?: string;
}

export type Role = 'keyword' | 'number' | 'string' | 'operator' | 'path' | 'name';

/** A piece of a value with a meaning of its own; offsets in the value's text. */
export interface ValuePart {
  readonly start: number;
  readonly end: number;
  readonly role: Role;
  /** What the piece is in the form of its value: `source`, `destination`, `host port` ... */
  readonly label?: string | undefined;
  /** The fixed word that the tool takes it for: `yes` for `TRUE`, `CAP_CHOWN` for `cap_chown` and for `0`. */
  readonly word?: string | undefined;
  /** As the tool reads it, without quotes and escapes. */
  readonly text: string;
  /** Of numbers up to 2^53. */
  readonly number?: number | undefined;
  /** What its place wants. */
  readonly wants?: DynamicSource | undefined;
}

/** What only the host or other files can list. */
export type DynamicSource =
  | 'host-path'
  | 'machine-path'
  | 'interface'
  | 'bridge'
  | 'zone'
  | 'host-user'
  | 'machine-user'
  | 'hostname'
  | 'command';

/** One thing to choose at a place. */
export interface Choice {
  readonly word: string;
  readonly detail?: string;
  /** A sample such as `8080:80`, not a word with documentation of its own. */
  readonly sample?: boolean;
}

/** A stretch of a value where something can be chosen; the stretch is what a choice replaces. */
export interface CompletionSite extends Span {
  readonly label?: string | undefined;
  readonly wants?: DynamicSource | undefined;
  readonly offers: () => readonly Choice[];
}

/** What a grammar has to know besides the text. */
export interface Asked {
  readonly value: ValueType;
  readonly edition: SchemaVersion;
}

/** The most faults that are reported for one value; the rest of it is not looked at. */
const mostProblems = 1000;

/** All there is in one value: its parts, what is wrong in it, and where what can be chosen. */
export class Reading {
  readonly parts: ValuePart[] = [];
  readonly problems: Problem[] = [];
  readonly places: CompletionSite[] = [];

  constructor(readonly asked: Asked) {}

  /** Release of systemd that reads the value. */
  get version(): Version {
    return this.asked.edition.version;
  }

  /** There is more in the value, or more wrong with it, than is shown: what follows is skipped. */
  get full(): boolean {
    return this.problems.length > mostProblems || this.parts.length >= mostWords;
  }

  part(text: Text, role: Role, { label, word, number, wants }: Pick<ValuePart, 'label' | 'word' | 'number' | 'wants'> = {}): void {
    if (this.parts.length >= mostWords) return;
    const { start, end } = text.span();
    this.parts.push({ start, end, role, text: text.text, label, word, number, wants });
  }

  problem(text: Text, message: string, { instead, rewrite, effect }: Pick<Problem, 'instead' | 'rewrite' | 'effect'> = {}): void {
    if (this.problems.length > mostProblems) return;
    const { start, end } = text.span();
    if (this.problems.length < mostProblems) this.problems.push({ start, end, message, instead, rewrite, effect });
    else this.problems.push({ start, end, message: 'This value has too many problems; the rest of it was not checked', effect: 'advice' });
  }

  place(text: Text, offers: () => readonly Choice[], { label, wants }: Pick<CompletionSite, 'label' | 'wants'> = {}): void {
    if (this.places.length >= mostWords) return;
    const { start, end } = text.span();
    this.places.push({ start, end, offers, label, wants });
  }

  /** The parts of a label. */
  labelled(label: string): readonly ValuePart[] {
    return this.parts.filter((p) => p.label === label);
  }

  /**
   * The smallest place around an offset; of two that meet there, the one that ends. An empty one is for a word that does
   * not exist yet: it loses against a place of its kind that a word ends in.
   */
  placeAt(offset: number): CompletionSite | undefined {
    let best: CompletionSite | undefined;
    const around = this.places.filter((p) => p.start <= offset && offset <= p.end),
      filled = new Set(around.filter((p) => p.end > p.start).map((p) => p.label));
    for (const place of around) {
      if (place.start === place.end && filled.has(place.label)) continue;
      if (best === undefined || place.end - place.start < best.end - best.start) best = place;
    }
    return best;
  }
}

/** Takes a value, or a piece of it, apart. Never throws. */
export type Reader = (text: Text, into: Reading) => void;

/** The grammar of one value type: the same reader validates, proposes, colours and explains. */
export interface Grammar {
  /** The shape of the value for signature help; its words are the labels of the parts. */
  readonly form?: string;
  read(text: string, asked: Asked): Reading;
  check(text: string, asked: Asked): readonly Problem[];
  propose(text: string, offset: number, asked: Asked): readonly Proposal[];
  parts(text: string, asked: Asked): readonly ValuePart[];
}

/** Makes a grammar out of a reader. */
export const grammar = (reader: Reader, form?: string): Grammar =>
  fromReading((text, asked) => {
    const reading = new Reading(asked);
    reader(Text.plain(text, 0), reading);
    return reading;
  }, form);

/** The four answers of a grammar, out of one reading. */
export const fromReading = (read: Grammar['read'], form?: string): Grammar => ({
  ...(form === undefined ? {} : { form }),
  read,
  check: (text, asked) => read(text, asked).problems,
  parts: (text, asked) => read(text, asked).parts,
  propose(text, offset, asked) {
    const place = read(text, asked).placeAt(offset);
    return (place?.offers() ?? []).map(({ word, detail, sample }) => ({
      label: word,
      start: place?.start ?? offset,
      end: place?.end ?? offset,
      ...(detail === undefined ? {} : { detail }),
      ...(sample === true ? {} : { word }),
    }));
  },
});
