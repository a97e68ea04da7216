import { setFlagsFromString } from 'node:v8';
import { serve } from '../lsp/server';
import { ExitReport } from '../node/exit-report';
import { explainCode, UnreadableFile } from '../node/shared/small-file';
import { visibleLine } from '../node/shared/visible';
import { usage, verbUsage } from './usage';
import { verbs } from './verbs';

/** @throws Error whose message is the one line on standard error; the exit status is 2 */
function main(args: readonly string[], report: ExitReport): void {
  // V8 is set to collect garbage before it takes more memory: the checker runs next to an editor, and on folders of any size.
  setFlagsFromString('--optimize-for-size');
  if (args.includes('--stdio') || args.includes('--node-ipc')) {
    serve();
    return;
  }
  const [name, ...rest] = args,
    verb = verbs.find((each) => each.name === name);
  if (name === undefined || name === '--help') process.stdout.write(usage(verbs));
  else if (verb === undefined) throw new Error(`unknown verb "${name}"; --help lists the verbs`);
  else if (isHelp(rest)) process.stdout.write(verbUsage(verb, verbs));
  else verb.run(rest, report);
}

/** Whether help is asked for; what follows `--` may be a command with a `--help` of its own. */
function isHelp(args: readonly string[]): boolean {
  const dashes = args.indexOf('--');
  return args.slice(0, dashes < 0 ? undefined : dashes).includes('--help');
}

process.stdout.on('error', ({ code = 'unknown error' }: NodeJS.ErrnoException) => {
  // The reader of the output may stop early (`check ... | head`).
  if (code === 'EPIPE') return;
  process.stderr.write(`The output cannot be written: ${explainCode(code)}\n`);
  process.exitCode = 2;
});
// An error in writing the error message cannot be reported.
process.stderr.on('error', () => undefined);

const report = new ExitReport();
try {
  main(process.argv.slice(2), report);
  report.print();
} catch (error) {
  report.print();
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${visibleLine(error instanceof UnreadableFile ? `${error.file}: ${message}` : message)}\n`);
  process.exitCode = 2;
}
