import type { ParsedAssignment } from '../model/assignments';
import { type EffectiveAssignments, lineSpan } from '../model/assignments';
import type { HostFiles } from '../model/host-files';
import type { Fault, FileReading, FileSystem, Project } from '../model/mkosi';
import type { FileLocation } from '../model/nspawn/location';
import type { Launch, NspawnOptions } from '../model/nspawn/options';
import type { Assigned, Document, Verdict } from '../schema';
import { isLineEnd, type Span } from '../syntax';
import type { Effect } from '../values';

export type { Verdict };

/** The verdict for what the tool does with a bad value. */
export const verdictOf: Readonly<Record<Effect, Verdict>> = {
  dropped: 'warned',
  skipped: 'warned',
  fatal: 'refused',
  silent: 'silent',
  advice: 'advice',
};

/** A change of the text that answers a finding; offsets in the document. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly start: number; readonly end: number; readonly text: string }[];
  /** What changes in another file at the same time; offsets there. */
  readonly inOtherFile?: { readonly document: Document; readonly edits: Fix['edits'] };
}

/** What a rule found; offsets in the document. */
export interface Finding {
  readonly rule: string;
  readonly verdict: Verdict;
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly fixes?: readonly Fix[];
  /** Absolute path at which the file would be right; an answer like a fix, but for the file and not for its text. */
  readonly moveTo?: string;
  /** Absolute path of a script that should be executable: an answer as well. */
  readonly makeExecutable?: string;
  /** HostFiles and folders that have to do with it, by absolute path. */
  readonly related?: readonly { readonly path: string; readonly message: string }[];
}

/** A document and what its tool brings along. */
export interface LintInput {
  readonly document: Document;
  /** What a `.nspawn` file is combined with when its machine starts. */
  readonly launch: Launch;
  /** Whether nspawn trusts the file, by the folder it lies in. */
  readonly trusted: boolean;
  /** The file's absolute path, with slashes, and its host; undefined for a text that is not a file of a host. */
  readonly onHost?: { readonly path: string; readonly files: HostFiles } | undefined;
  /** Called for a rule that has failed, which loses only the findings of that rule; without it the error is thrown. */
  readonly failed?: ((rule: string, error: unknown) => void) | undefined;
  /** Of mkosi: the project that the file belongs to; without one it is checked as if it were alone. */
  readonly project?: Project | undefined;
}

/** What a rule may look at: the case, and the readings of it that all rules share. */
export interface RuleContext extends LintInput {
  readonly assignments: EffectiveAssignments;
  /** Of a `.nspawn` file: what the machine is started with. */
  readonly options: NspawnOptions;
  /** Where the file is on its host. */
  readonly location: FileLocation | undefined;
  /** Of mkosi: the times that the file is read; of a file that nothing reads, how it would be. */
  readonly readings: readonly FileReading[];
  readonly active: boolean;
  readonly role: FileReading['role'];
  /** The file's path, and what lies around it; undefined when that is not known. */
  readonly path: string;
  readonly fileSystem: FileSystem | undefined;
  readonly faults: readonly Fault[];
}

/**
 * What code that runs all rules has to know about one:
 * - `any-section`: its findings are valid in sections that the tool does not read, too.
 * - `about-file`: its findings are about the file or the project, and hold where a line is not read, too.
 * - `line`: its findings depend on a single line, not on the rest of the project.
 * - `deprecated`: editors show what it marks as deprecated.
 */
export type Tag = 'any-section' | 'about-file' | 'line' | 'deprecated';

/**
 * A rule: a file of the same name in the folder of the files that it is for, a page in docs/rules and fixtures. It never
 * throws and takes time in proportion to the text. What it quotes of the text is `shortened`. `npm run new:rule` makes one.
 */
export interface Rule {
  /** The name of its file. */
  readonly id: string;
  /** One sentence without a full stop, for the table in docs/rules/README.md and the description of the setting. */
  readonly summary: string;
  /** Every verdict that `check` gives, the worst first. */
  readonly verdicts: readonly Verdict[];
  readonly tags?: readonly Tag[];
  /** A file with none of these settings has nothing for the rule; default: every file has. */
  readonly about?: readonly string[];
  check(here: RuleContext): Iterable<Omit<Finding, 'rule'>>;
  /**
   * What to say when not all findings of a file are shown.
   * @param more the number of findings that are not shown
   * @param least whether there may be even more
   */
  hidden?(more: number, least: boolean): Omit<Finding, 'rule'>;
}

/** Takes lines away. */
export const removal = (title: string, lines: Assigned | readonly Assigned[]): Fix => ({
  title,
  edits: [lines].flat().map((line: Assigned) => ({ ...lineSpan(line), text: '' })),
});

/** Puts something else in place of a span. */
export const replacement = (title: string, span: Span, text: string): Fix => ({ title, edits: [{ ...span, text }] });

/** Writes a line of its own after an assignment. */
export function lineAfter(title: string, { document }: RuleContext, entry: ParsedAssignment, text: string): Fix {
  const { end } = lineSpan(entry);
  const broken = isLineEnd(document.text.getText().charAt(end - 1));
  return { title, edits: [{ start: end, end, text: broken ? `${text}\n` : `\n${text}` }] };
}
