import type { Assigned, Document } from '../schema';
import { type Span, isLineEnd } from '../syntax';
import { type Load, lineSpan } from '../model/assignments';
import type { Entry } from '../model/assignments';
import type { Launch, Machine } from '../model/nspawn/options';
import type { Place } from '../model/nspawn/location';
import type { Disk, Fault, Passage, Project } from '../model/mkosi';

/** What the real tool does: fails, complains and goes on, says nothing but does something else, or is content. */
export type Verdict = 'refused' | 'warned' | 'silent' | 'advice';

/** A change of the text that answers a finding; offsets in the document. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly start: number; readonly end: number; readonly text: string }[];
  /** What changes in another file at the same time; offsets there. */
  readonly elsewhere?: { readonly document: Document; readonly edits: Fix['edits'] };
}

/** What a rule found; offsets in the document. */
export interface Finding {
  readonly rule: string;
  readonly verdict: Verdict;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly fixes?: readonly Fix[];
  /** Absolute path at which the file would be right; an answer like a fix, but of the file and not of its text. */
  readonly moveTo?: string;
  /** Absolute path of a script that should be executable: an answer as well. */
  readonly makeExecutable?: string;
  /** Files and folders that have to do with it, by absolute path. */
  readonly related?: readonly { readonly path: string; readonly message: string }[];
}

/** What rules may know of a host's files; every answer may be empty, and none throws. */
export interface Files {
  /** What lies in a folder, by its absolute path. */
  entries(folder: string): readonly { readonly name: string; readonly folder: boolean }[];
  exists(path: string): boolean;
  /** What a file says; undefined when it cannot be read. */
  text(path: string): string | undefined;
}

/** A document and what its tool brings along. */
export interface Case {
  readonly document: Document;
  /** What a `.nspawn` file is combined with when its machine starts. */
  readonly launch: Launch;
  /** Whether nspawn trusts the file, by the folder it lies in. */
  readonly trusted: boolean;
  /** The file's absolute path, with slashes, and its host; undefined for a text that is no file of a host. */
  readonly standing?: { readonly path: string; readonly files: Files } | undefined;
  /** Hears of a rule that has failed, which costs only what that rule would have found; without it the error is thrown. */
  readonly failed?: ((rule: string, error: unknown) => void) | undefined;
  /** Of mkosi: the project that the file belongs to; without one it is judged as if it were alone. */
  readonly project?: Project | undefined;
}

/** What a rule may look at: the case, and the readings of it that all rules share. */
export interface Situation extends Case {
  readonly load: Load;
  /** Of a `.nspawn` file: what the machine is started with. */
  readonly machine: Machine;
  /** Where the file stands on its host. */
  readonly place: Place | undefined;
  /** Of mkosi: the times that the file is read; of a file that nobody reads, how it would be. */
  readonly passages: readonly Passage[];
  readonly active: boolean;
  readonly role: Passage['role'];
  /** The file's path, and what lies around it; undefined when nobody knows. */
  readonly path: string;
  readonly disk: Disk | undefined;
  readonly faults: readonly Fault[];
}

/**
 * A rule: one file, one id, one page of documentation. It never throws and takes time in proportion to the text. What it
 * quotes of the text is `shortened`.
 */
export interface Rule {
  readonly id: string;
  /** Documents that the rule is about; default: both tools' files. */
  readonly tool?: 'nspawn' | 'mkosi';
  /** A file with none of these settings has nothing for the rule; default: every file has. */
  readonly about?: readonly string[];
  check(here: Situation): Iterable<Omit<Finding, 'rule'>>;
}

/** Takes lines away. */
export const removal = (title: string, lines: Assigned | readonly Assigned[]): Fix => ({
  title,
  edits: [lines].flat().map((line: Assigned) => ({ ...lineSpan(line), text: '' })),
});

/** Puts something else in place of a span. */
export const replacement = (title: string, span: Span, text: string): Fix => ({ title, edits: [{ ...span, text }] });

/** Writes a line of its own behind an assignment. */
export function lineAfter(title: string, { document }: Situation, entry: Entry, text: string): Fix {
  const { end } = lineSpan(entry);
  const broken = isLineEnd(document.text.getText().charAt(end - 1));
  return { title, edits: [{ start: end, end, text: broken ? `${text}\n` : `\n${text}` }] };
}
