/**
 * What is said to ssh. It joins the arguments after the destination with blanks and hands them to the login shell of
 * the other side (ssh(1)), so each of them passes {@link shellWord}: the only place where text is written for a shell.
 */
import { CommandError, quoted } from '../commands/checks';

const user = String.raw`[a-z0-9_][a-z0-9_.+-]*`;
const name = String.raw`[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?`;
const ipv6 = String.raw`[0-9a-f]*:[0-9a-f:.]+(%[a-z0-9_.-]+)?`;
const plain = new RegExp(`^(${user}@)?(${name}|${ipv6})$`, 'i');
const withPort = new RegExp(String.raw`^ssh://(${user}@)?(${name}|\[${ipv6}\])(:[0-9]{1,5})?/?$`, 'i');

/**
 * Whether this can be where ssh goes to: `HOST`, `USER@HOST`, `ssh://[USER@]HOST[:PORT]`, HOST being a name, an address
 * or an alias of ~/.ssh/config. Nothing that could be an option, and nothing that means something to a shell: the
 * user's configuration may put it into a command (`ProxyCommand`, `Match exec`).
 */
export function isDestination(text: string): boolean {
  return text.length <= 255 && (plain.test(text) || withPort.test(text));
}

/** @throws CommandError for what cannot be a destination */
export function destination(text: string): string {
  if (isDestination(text)) return text;
  throw new CommandError(
    `${quoted(text)} is not an SSH host. Write HOST, USER@HOST or ssh://USER@HOST:PORT, as after ` + '"ssh" in a terminal.',
  );
}

/** The hosts that have an entry of their own in a configuration of ssh (ssh_config(5)), patterns left out. */
export function aliasesIn(configuration: string): readonly string[] {
  const names = configuration.split('\n').flatMap((line) => {
    const [keyword = '', ...words] = (line.split('#', 1)[0] ?? '').trim().split(/[\s=]+/);
    return keyword.toLowerCase() === 'host' ? words : [];
  });
  return [...new Set(names)].filter(isDestination);
}

/** Characters that every shell reads literally, also at the beginning of a word. */
const bare = /^[A-Za-z0-9_/.:,+@-][A-Za-z0-9_/.:,+@=-]*$/;

/**
 * One argument as a word for the login shell of another computer. Right for sh, bash, zsh, fish and csh: what these
 * read differently between single quotes (a backslash in fish, `!` in csh) is written outside of them, after a backslash.
 * @throws CommandError for control characters, which csh cannot be given, nor a terminal
 */
export function shellWord(argument: string): string {
  if (/[\p{Cc}\p{Cs}]/u.test(argument)) {
    throw new CommandError(`${quoted(argument)} contains a control character, which cannot be passed to a shell. Rename it first.`);
  }
  if (bare.test(argument)) return argument;
  const pieces = argument.match(/[\\'!]|[^\\'!]+/g) ?? [];
  return pieces.length === 0 ? "''" : pieces.map((piece) => (/^[\\'!]$/.test(piece) ? `\\${piece}` : `'${piece}'`)).join('');
}

/**
 * - `terminal`: a conversation; ssh, too, may ask for passwords and for what to think of a key.
 * - `silent`: the user cannot be asked.
 * - `stream`: the same, and a connection that is to last.
 *
 * The loss of what lasts is noticed within 80 s, also when the network only falls silent: else it would be two hours (tcp(7)).
 */
export type SshMode = 'terminal' | 'silent' | 'stream';

const lasting = ['-o', 'ServerAliveInterval=20', '-o', 'ServerAliveCountMax=3'];
const options: Readonly<Record<SshMode, readonly string[]>> = {
  terminal: ['-t', ...lasting],
  silent: ['-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15'],
  stream: ['-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15', ...lasting],
};

/**
 * The argv that runs `argv` on another host. A connection that the user shares among several (ControlPath) is used,
 * but never made, as it would end with ours; of what else the user has configured, nothing is opened here or there.
 * @throws CommandError
 */
export function overSsh(host: string, argv: readonly string[], manner: SshMode): readonly string[] {
  return [
    'ssh',
    '-x',
    ...options[manner],
    '-o',
    'ControlMaster=no',
    '-o',
    'ClearAllForwardings=yes',
    '-o',
    'RemoteCommand=none',
    '--',
    destination(host),
    argv.map(shellWord).join(' '),
  ];
}

/** The argv of a login, for what ssh may ask only once: a key to be accepted, a password for a shared connection. */
export function loginOverSsh(host: string): readonly string[] {
  return ['ssh', '--', destination(host)];
}
