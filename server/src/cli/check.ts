import path from 'node:path';
import { shown } from '../features';
import { projectLimits } from '../model';
import type { ExitReport } from '../node/exit-report';
import { type Decoded, type Found, fileUri, read, searchAt, standardInput } from '../node/files';
import { host } from '../node/host';
import { type Member, Projects } from '../node/projects';
import type { LintInput } from '../rules';
import { Document, newest, type Target } from '../schema';
import { formatOption, isStandardInput, oneOf, release, stdinFilename } from './options';
import { type CheckedFile, outputs, printedDiagnostic } from './output';
import { defineVerb } from './verb';

const formats = ['text', 'json', 'sarif'] as const,
  trusts = ['auto', 'trusted', 'untrusted'] as const,
  launches = ['unit', 'command'] as const;

/** How files are checked. */
interface CheckOptions {
  readonly target: Target;
  readonly trust: (typeof trusts)[number];
  readonly launch: (typeof launches)[number];
}

export const check = defineVerb({
  name: 'check',
  summary: 'Report what systemd-nspawn and mkosi will make of .nspawn and mkosi files',
  forms: ['PATH...', '-'],
  description: `Reports what systemd-nspawn and mkosi will reject, log or silently ignore in .nspawn and mkosi files. A folder is
searched for all of them. - is standard input.
Exit status 0: no errors or warnings, 1: some, 2: wrong use or unreadable input.`,
  options: {
    systemd: { type: 'string', value: 'N', help: `release of systemd to check by; default: ${newest.systemd}` },
    mkosi: { type: 'string', value: 'N', help: `release of mkosi to check by; default: ${newest.mkosi}` },
    format: formatOption(formats),
    trust: {
      type: 'string',
      default: 'auto',
      value: trusts.join('|'),
      help: 'whether nspawn trusts .nspawn files; auto (default): not beside an image',
    },
    launch: {
      type: 'string',
      default: 'unit',
      value: launches.join('|'),
      help: 'how machines start: by their unit (default) or by systemd-nspawn -M NAME',
    },
    'stdin-filename': stdinFilename,
  },
  run({ values, operands }, report) {
    if (operands.length === 0) throw new Error('check needs a file or folder');
    const output = outputs[oneOf('format', values.format, formats)];
    const how: CheckOptions = {
      trust: oneOf('trust', values.trust, trusts),
      launch: oneOf('launch', values.launch, launches),
      target: {
        systemd: release('systemd', values.systemd, newest.systemd),
        mkosi: release('mkosi', values.mkosi, newest.mkosi),
      },
    };
    const run = new CheckRun(how, report),
      files = isStandardInput(operands) ? [run.standardInput(values['stdin-filename'])] : run.paths(operands);
    process.stdout.write(output(files));
    process.exitCode = files.some(({ diagnostics }) => diagnostics.some(({ verdict }) => verdict !== 'advice')) ? 1 : 0;
  },
});

/** One run of `check`. */
class CheckRun {
  private readonly projects: Projects;
  /** Absolute paths of the files of mkosi that have been checked. */
  private readonly done = new Set<string>();
  private readonly checked: CheckedFile[] = [];

  constructor(
    private readonly options: CheckOptions,
    private readonly report: ExitReport,
  ) {
    this.projects = new Projects(options.target, undefined, false, false, { ...projectLimits, bytes: 4 << 20, milliseconds: 10_000 });
  }

  /** @param named the file that standard input is taken for */
  standardInput(named: string | undefined): CheckedFile {
    const input = standardInput(named);
    return this.alone(input, input);
  }

  /** What is in files and folders, and in the other files of their projects. A failure affects only one file or folder. */
  paths(operands: readonly string[]): readonly CheckedFile[] {
    const searches = operands.map((operand) => searchAt(operand, this.report)),
      files = searches.flatMap((search) => search.files),
      folders = searches.flatMap((search) => search.folders);
    // A file may belong to a project whose own files come later.
    for (const file of files) this.report.attempt(file.path, false, () => this.readProject(file));
    for (const file of files) this.report.attempt(file.path, file.named, () => this.found(file));
    // A folder of configuration may hold nothing that can be read.
    for (const folder of folders) this.report.attempt(folder, false, () => this.projects.of(path.resolve(folder, 'x')));
    const members: Member[] = [];
    for (const root of this.projects.all) this.report.attempt(root, false, () => members.push(...this.projects.members(root)));
    const isRelative = operands.every((operand) => !path.isAbsolute(operand));
    for (const member of members)
      this.report.attempt(member.file, false, () => {
        this.member(member, isRelative);
      });
    return this.checked;
  }

  private readProject({ path: file, family }: Found): void {
    if (family.inProject) this.projects.of(path.resolve(file));
  }

  /** A file that was named, or found in a folder. */
  private found(found: Found): void {
    const { path: file, family } = found;
    if (!family.inProject) {
      this.checked.push(this.alone(found, read(file)));
      return;
    }
    const absolute = path.resolve(file),
      { document: own, project } = this.projects.reading(absolute) ?? { document: undefined, project: this.projects.of(absolute) };
    const document = own ?? Document.of(fileUri(absolute), family, read(file).text, this.options.target);
    this.done.add(absolute);
    this.checked.push(this.check(file, { document, trusted: true, project }));
  }

  /** A file that a project reads, whether it was found or not. */
  private member({ file, document, project }: Member, isRelative: boolean): void {
    if (this.done.has(file)) return;
    this.done.add(file);
    this.checked.push(this.check(isRelative ? path.relative('', file) : file, { document, trusted: true, project }, file));
  }

  /** A file by itself, without a project. */
  private alone({ path: file, family }: Found, { text, undecodable }: Decoded): CheckedFile {
    const absolute = path.resolve(file),
      { target, trust } = this.options;
    return this.check(file, {
      document: Document.of(fileUri(absolute), family, text, target, undecodable),
      trusted: trust === 'auto' ? family.trusts(absolute) : trust === 'trusted',
      onHost: { path: absolute, files: host },
    });
  }

  private check(file: string, input: Omit<LintInput, 'launch' | 'failed'>, reported = file): CheckedFile {
    const failed = (rule: string, error: unknown): void => {
      this.report.fail(reported, `The rule ${rule} failed: ${String(error)}`);
    };
    const found = shown({ ...input, launch: this.options.launch, failed });
    return { path: file, kind: input.document.format.kind, diagnostics: found.map((each) => printedDiagnostic(input.document, each)) };
  }
}
