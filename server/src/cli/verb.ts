import { parseArgs } from 'node:util';
import type { ExitReport } from '../node/exit-report';

/** An option as `parseArgs` reads it and as the usage text explains it. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly default?: string | boolean;
  /** What the usage text shows for the value of a string. */
  readonly value?: string;
  readonly help: string;
}

export type Options = Readonly<Record<string, Option>>;

/** The arguments of a verb, read by its options. */
export interface Arguments<O extends Options> {
  readonly values: ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>['values'];
  /** All operands, also those after `--`. */
  readonly operands: readonly string[];
  /** What is after `--`; undefined without one. */
  readonly command: readonly string[] | undefined;
}

/** What a verb is, to be run and to be explained. */
export interface VerbSpec<O extends Options> {
  readonly name: string;
  /** One line for the list of verbs. */
  readonly summary: string;
  /** What follows the options on a command line, one entry for each form. */
  readonly forms: readonly string[];
  /** Lines of at most 110 characters. */
  readonly description: string;
  readonly options: O;
  /**
   * Writes to standard output and sets the exit status if it is not 0.
   * @param report failures that end nothing: each becomes a line on standard error
   * @throws Error whose message is the one line on standard error; the exit status is 2
   */
  readonly run: (args: Arguments<O>, report: ExitReport) => void;
}

/** A verb of the command line. */
export interface Verb extends Omit<VerbSpec<Options>, 'run'> {
  /** @param args what follows the verb. @throws as `VerbSpec.run`, also for unknown options */
  readonly run: (args: readonly string[], report: ExitReport) => void;
}

/** Makes a verb that parses its own options. */
export const defineVerb = <O extends Options>(spec: VerbSpec<O>): Verb => ({
  ...spec,
  run: (args, report) => {
    spec.run(parse(spec.options, args), report);
  },
});

function parse<O extends Options>(options: O, args: readonly string[]): Arguments<O> {
  const { values, positionals, tokens } = parseArgs({ args: [...args], allowPositionals: true, options, tokens: true });
  const dashes = tokens.find(({ kind }) => kind === 'option-terminator')?.index;
  return { values, operands: positionals, command: dashes === undefined ? undefined : args.slice(dashes + 1) };
}
