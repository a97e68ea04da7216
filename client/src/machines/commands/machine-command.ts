import type { CommandSpec, HostSpec, Machine, Rights } from '../../host';
import type { Question } from '../../ui/notifications';
import type { Row } from '../views/tree';

/** What the caller of a command passed besides rows; the user is not asked for it then. */
export interface CommandArguments {
  /** The options of the command, in the shape it takes them; checked like what a user types. */
  readonly options?: unknown;
  /**
   * The caller has asked already, or needs no advice. What destroys something goes by a function alone, which only code can hand over: a
   * link, a key binding or a task has JSON and no more, and the options that it chose are shown before they count.
   */
  readonly confirmed?: true | (() => boolean);
  /** The id of the host that it is for, when there is no row. */
  readonly hostId?: string;
}

/** What a command was handed besides rows, as far as it has the shape; see {@link asRow}. */
export function asCommandArguments(value: unknown): CommandArguments | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { options, confirmed, hostId } = value as Partial<Record<keyof CommandArguments, unknown>>;
  return {
    ...(typeof options === 'object' && options !== null ? { options } : {}),
    ...(typeof hostId === 'string' ? { hostId } : {}),
    ...asAnswer(confirmed),
  };
}

/** An answer of the caller to our question. */
export function asAnswer(confirmed: unknown): Pick<CommandArguments, 'confirmed'> {
  const isFunction = (value: unknown): value is () => unknown => typeof value === 'function';
  return isFunction(confirmed) ? { confirmed: () => confirmed() === true } : confirmed === true ? { confirmed } : {};
}

/** Whether code has answered yes, so that people need not be asked. */
export const isConfirmed = ({ confirmed }: CommandArguments): boolean => typeof confirmed === 'function' && confirmed();

/** What a verb may know while it asks for its options. */
export interface CommandContext {
  readonly spec: Pick<HostSpec, 'label' | 'local' | 'settingsFiles' | 'systemd'>;
  /** As commands are given it. */
  row(name: string): Row;
  machine(name: string): Machine | undefined;
  /** The path of an image, where it is known. */
  pathOf(image: string): Promise<string | undefined>;
  hasImage(name: string): boolean;
  /** Whether an image has an os-release; undefined when that is not known. */
  hasOsRelease(name: string): Promise<boolean | undefined>;
  /** Does something after a while, unless the extension ends before. @param delay milliseconds */
  later(delay: number, work: () => void): void;
  /** What the user chose the last time, by a key of ours. */
  remembered(key: string): unknown;
  remember(key: string, value: unknown): Promise<void>;
}

/** A command of the palette and the trees: what it runs, and how that is said. */
export interface MachineCommand {
  /** Of the VS Code command. */
  readonly id: string;
  readonly spec: Omit<CommandSpec, 'argv' | 'rightsWith'>;
  /** For the terminal's tab. */
  readonly title: string;
  readonly icon: string;
  /** For the picker. */
  readonly ask: string;
  /** When no machine fits. */
  readonly none: string;
  /** What dies, for the question before: a heading and the details. Demanded of commands that destroy. */
  readonly confirmation?: (names: readonly string[], scene: CommandContext) => Promise<Question>;
  /** What speaks against it, as a sentence; asked before it runs. */
  readonly precheck?: (names: readonly string[], scene: CommandContext) => Promise<string | undefined>;
  /** Runs when it went well; says what did not come about all the same. */
  readonly after?: (names: readonly string[], scene: CommandContext) => void;
  /** Asks for what is missing. Undefined when the user gave up. */
  readonly prepare: (names: readonly string[], scene: CommandContext, given: CommandArguments) => Promise<Invocation | undefined>;
}

/** A call with everything it needs. */
export interface Invocation {
  /** @throws CommandError */
  readonly argv: (systemd: number | undefined) => readonly string[];
  readonly rights: (systemd: number | undefined) => Rights;
  /** A name that it gives to an image. */
  readonly newName: string | undefined;
  /** Paths on this host that it is to read or to write. */
  readonly paths: { readonly source?: string | undefined; readonly target?: string | undefined };
  /** The arguments that repeat the call. Only the question about what it destroys is asked again. */
  readonly given: CommandArguments;
  /** The same with force, for when it has failed: what the button says, and what to hand over then. */
  readonly retryWithForce?: { readonly button: string; readonly given: CommandArguments };
}

/** How to repeat a command with force. */
export interface ForcedRetry<O> {
  readonly button: string;
  readonly options: (chosen: O) => O;
}

type Words = Pick<MachineCommand, 'title' | 'icon' | 'ask' | 'none' | 'confirmation' | 'precheck' | 'after'>;

/** A verb without options. */
export function command(
  id: string,
  spec: CommandSpec,
  words: Omit<Words, 'confirmation' | 'precheck' | 'after'> & Partial<Words>,
): MachineCommand {
  return {
    id: `nspawn.${id}`,
    spec,
    ...words,
    prepare: (names) =>
      Promise.resolve({
        argv: (systemd) => spec.argv(names, undefined, systemd),
        rights: () => spec.rights,
        newName: undefined,
        paths: {},
        given: {},
      }),
  };
}

/** A verb that asks for its options. */
export function commandWithOptions<O extends object>(
  id: string,
  spec: CommandSpec<O>,
  words: Omit<Words, 'confirmation' | 'precheck' | 'after'> & Partial<Words>,
  options: (names: readonly string[], scene: CommandContext) => Promise<O | undefined>,
  insisting?: ForcedRetry<O>,
): MachineCommand {
  return {
    id: `nspawn.${id}`,
    spec,
    ...words,
    prepare: async (names, scene, given) => {
      const chosen = given.options === undefined ? await options(names, scene) : (given.options as O);
      if (chosen === undefined) return undefined;
      const field = (...keys: readonly string[]): string | undefined => {
        const value = Object.entries(chosen).find(([key]) => keys.includes(key))?.[1] as unknown;
        return typeof value === 'string' ? value : undefined;
      };
      return {
        argv: (systemd) => spec.argv(names, chosen, systemd),
        rights: (systemd) => spec.rightsWith?.({ force: 'force' in chosen && chosen.force === true }, systemd) ?? spec.rights,
        newName: field('newName', 'name'),
        paths: {
          source: id === 'copyFrom' ? undefined : field('source'),
          target: /^(copyFrom|export)/.test(id) ? field('target') : undefined,
        },
        given: { options: chosen, confirmed: () => false },
        ...(insisting && !('force' in chosen && chosen.force === true)
          ? { retryWithForce: { button: insisting.button, given: { options: insisting.options(chosen), confirmed: () => true } } }
          : {}),
      };
    },
  };
}
