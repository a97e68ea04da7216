import { UnreadableFile } from './shared/small-file';
import { visibleLine } from './shared/visible';

/** More lines than this are of no use. */
const mostLines = 20;

/**
 * What a run of the checker could not do: everything else is done, and in the end each has a line on standard error.
 * What is not a file to read, or too large for one, is reported as well, but nothing has failed.
 */
export class ExitReport {
  private readonly lines = new Set<string>();
  private failed = false;

  /** Something that was to be read and cannot be: the exit status becomes 2. */
  readonly fail = (file: string, reason: unknown): void => {
    this.failed = true;
    this.note(file, reason);
  };

  /** Something that is passed over. */
  readonly note = (file: string, reason: unknown): void => {
    this.lines.add(`${visibleLine(`${file}: ${reason instanceof Error ? reason.message : String(reason)}`)}\n`);
  };

  /** A file that was found or named: only that one is not read at all, or that the system says no, is a failure. */
  readonly unread = (file: string, error: unknown, named: boolean): void => {
    const passed = error instanceof UnreadableFile && (error.reason === 'special' || error.reason === 'large') && !named;
    if (passed) this.note(file, error);
    else this.fail(file, error);
  };

  /** Does something with a file. What fails is reported, and the caller goes on. */
  attempt(file: string, named: boolean, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.unread(file, error, named);
    }
  }

  /** Writes all lines, and sets the exit status. */
  print(
    write: (text: string) => void = (text) => {
      process.stderr.write(text);
    },
  ): void {
    const more = this.lines.size - mostLines;
    write([...[...this.lines].slice(0, mostLines), ...(more > 0 ? [`and ${more} more\n`] : [])].join(''));
    if (this.failed) process.exitCode = 2;
  }
}
