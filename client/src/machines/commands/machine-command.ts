import type { CommandSpec, HostSpec, Machine, Rights } from '../../host';
import { nameOf } from '../../ui/contribution';
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

/** What a command may know while it asks for its options. */
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

/** What only code can say of a command: the rest is data, see its CommandSpec. */
export interface Behaviour {
  /** What is lost, for the question before: a heading and the details. Required of commands that destroy. */
  readonly confirmation?: (names: readonly string[], context: CommandContext) => Promise<Question>;
  /** What speaks against it, as a sentence; asked before it runs. */
  readonly precheck?: (names: readonly string[], context: CommandContext) => Promise<string | undefined>;
  /** Runs after it went well; says what did not come about all the same. */
  readonly after?: (names: readonly string[], context: CommandContext) => void;
}

/** A command of the palette and the trees: what it runs, and its words for people. */
export interface MachineCommand extends Behaviour {
  /** Of the VS Code command. */
  readonly id: string;
  readonly spec: Omit<CommandSpec, 'argv' | 'rightsWith'>;
  /** Its title in menus, as it stands before other words: `Clone` as in "Clone web". */
  readonly title: string;
  readonly icon: string;
  /** For the picker. */
  readonly ask: string;
  /** When no machine fits. */
  readonly none: string;
  /** Asks for what is missing. Undefined when the user gave up. */
  readonly prepare: (names: readonly string[], context: CommandContext, args: CommandArguments) => Promise<Invocation | undefined>;
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
  readonly args: CommandArguments;
  /** The same with force, for when it has failed: what the button says, and what to hand over then. */
  readonly retryWithForce?: { readonly button: string; readonly args: CommandArguments };
}

/** How to repeat a command with force. */
export interface ForcedRetry<O> {
  readonly button: string;
  readonly options: (chosen: O) => O;
}

/** @param title with the names, for the questions: "Clone web" */
type AskOptions<O> = (names: readonly string[], context: CommandContext, title: string) => Promise<O | undefined>;

/** A command without options. @param id of the presentation */
export function command(id: string, spec: CommandSpec, behaviour: Behaviour = {}): MachineCommand {
  return {
    ...wordsOf(id, spec),
    spec,
    ...behaviour,
    prepare: (names) =>
      Promise.resolve({
        argv: (systemd) => spec.argv(names, undefined, systemd),
        rights: () => spec.rights,
        newName: undefined,
        paths: {},
        args: {},
      }),
  };
}

/** A command that asks for its options. @param id of the presentation */
export function commandWithOptions<O extends object>(
  id: string,
  spec: CommandSpec<O>,
  options: AskOptions<O>,
  { retryWithForce, ...behaviour }: Behaviour & { readonly retryWithForce?: ForcedRetry<O> } = {},
): MachineCommand {
  const words = wordsOf(id, spec);
  return {
    ...words,
    spec,
    ...behaviour,
    prepare: async (names, context, args) => {
      const chosen = args.options === undefined ? await options(names, context, titleFor(words.title, names)) : (args.options as O);
      if (chosen === undefined) return undefined;
      const field = (...keys: readonly string[]): string | undefined => {
        const value = Object.entries(chosen).find(([key]) => keys.includes(key))?.[1] as unknown;
        return typeof value === 'string' ? value : undefined;
      };
      const isForced = 'force' in chosen && chosen.force === true;
      return {
        argv: (systemd) => spec.argv(names, chosen, systemd),
        rights: (systemd) => spec.rightsWith?.({ force: isForced }, systemd) ?? spec.rights,
        newName: field('newName', 'name'),
        paths: {
          source: spec.reads === 'host' ? field('source') : undefined,
          target: spec.writes === 'host' ? field('target') : undefined,
        },
        args: { options: chosen, confirmed: () => false },
        ...(retryWithForce && !isForced
          ? { retryWithForce: { button: retryWithForce.button, args: { options: retryWithForce.options(chosen), confirmed: () => true } } }
          : {}),
      };
    },
  };
}

/** The title of a command and what it is for: "Start web, db". */
export const titleFor = (title: string, names: readonly string[]): string =>
  [title, ...(names.length > 0 ? [names.join(', ')] : [])].join(' ');

/** @throws Error when the spec has no presentation of that id */
function wordsOf(id: string, { id: own, presentations = [] }: Pick<CommandSpec, 'id' | 'presentations'>) {
  const found = presentations.find((one) => (one.id ?? own) === id);
  if (found === undefined) throw new Error(`The command ${own} has no presentation ${id}: add it to its CommandSpec in host/commands.`);
  return { id: `nspawn.${id}`, title: nameOf(found), icon: found.icon, ask: found.ask ?? '', none: found.none ?? '' };
}
