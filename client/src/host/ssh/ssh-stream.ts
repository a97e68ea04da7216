/** A D-Bus connection to another host: `systemd-stdio-bridge` there, and ssh in between. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import { type Bus, BusError } from '../dbus/bus';
import { type Limits, openBus } from '../dbus/dbus-native';
import { findProgram } from '../programs';
import { overSsh } from './ssh';

/** Milliseconds: a computer far away, and logging in to it, take their time. */
const limits: Partial<Limits> = { handshake: 30_000, call: 25_000 };

/**
 * Connects to a bus of another host, that of its system or that of the user that ssh logs in as. The user id that our side of D-Bus's
 * handshake tells is the local one, which means nothing there; the bridge ignores it, because who may talk to it has
 * been decided by sshd (systemd stdio-bridge.c calls sd_bus_set_anonymous).
 * @throws BusError `denied` when ssh would have to ask the user, `absent` when the host or the bridge is not there
 */
export async function busOverSsh(host: string, scope: 'system' | 'user' = 'system'): Promise<Bus> {
  const [program = '', ...args] = overSsh(host, ['systemd-stdio-bridge', ...(scope === 'user' ? ['--user'] : [])], 'stream');
  let file: string;
  try {
    file = findProgram(program);
  } catch {
    throw new BusError('absent', 'ssh is not installed. Install openssh-client.');
  }
  const child = spawn(file, args, { cwd: '/', stdio: 'pipe' });
  try {
    return await openBus(new ProcessStream(child, (status, stderr) => sshFailure(host, status, stderr)), limits);
  } catch (error) {
    if (!(error instanceof BusError) || error.message.includes(host)) throw error;
    throw new BusError(
      error.kind,
      `${host}: ${error.message} Check whether its login shell prints text, for example in ~/.bashrc.`,
      error.errorName,
    );
  }
}

/** Characters of what ssh and the other side write on stderr that are kept, of whatever comes. */
const longestWords = 4096;

/** Milliseconds that a process has to end after it was asked to. */
const patience = 2_000;

/** The output and input of a process as one stream, which ends with the process and takes it along. */
export class ProcessStream extends Duplex {
  private stderr = '';

  /** @param reason why it ended, of its exit status (null after a signal) and the last that it said on stderr */
  constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    reason: (status: number | null, stderr: string) => Error,
  ) {
    super();
    child.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-longestWords);
    });
    // A closed pipe is better explained by the exit of the process.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => this.destroy(error));
    child.on('close', (status) => this.destroy(reason(status, this.stderr)));
  }

  override _read(): void {
    this.child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.child.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.child.stdin.destroy();
    this.child.stdout.destroy();
    this.child.stderr.destroy();
    this.child.kill();
    // A process that does not end by itself is killed.
    const timer = setTimeout(() => this.child.kill('SIGKILL'), patience);
    timer.unref();
    this.child.once('exit', () => clearTimeout(timer));
    done(error);
  }
}

/** ssh's own exit status for its own errors (ssh(1)); others are those of what runs there. */
const sshItself = 255;
/** The shell found no such program (POSIX). */
const notFound = 127;

/** Why a connection over ssh ended, and what to do next; `said` is the end of what ssh and the other side wrote. */
export function sshFailure(host: string, status: number | null, stderr: string): BusError {
  stderr = stderr.slice(-longestWords);
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.replaceAll(/\p{C}+/gu, ' ').trim())
    .filter((line) => line !== '');
  const words = lines.length === 0 ? '' : ` (${lines.slice(-2).join(' ').slice(0, 300)})`;
  if (status === sshItself) {
    if (/HOST IDENTIFICATION HAS CHANGED|host key .* has changed/i.test(stderr)) {
      return new BusError(
        'denied',
        `The SSH host key of ${host} has changed. Find out why before you remove the old ` +
          `key with ssh-keygen -R and connect in a terminal${words}.`,
      );
    }
    if (/Host key verification failed|No \S+ host key is known/i.test(stderr)) {
      return new BusError(
        'denied',
        `The SSH host key of ${host} is not known. Connect once in a terminal and compare the key that ssh shows${words}.`,
      );
    }
    if (/Permission denied|authentication failures|authentication methods/i.test(stderr)) {
      return new BusError(
        'denied',
        `${host} does not accept a login without a password. Install your key with ssh-copy-id or load it with ssh-add; ` +
          `connect in a terminal to see what ssh asks${words}.`,
      );
    }
    return new BusError('absent', `${host} cannot be reached${words}. Check that it is running and that its name is right.`);
  }
  if (status === notFound) {
    return new BusError('absent', `${host} has no systemd-stdio-bridge, which is part of systemd. Install systemd there${words}.`);
  }
  if (status === null) return new BusError('closed', `The connection to ${host} was ended${words}.`);
  return new BusError(
    'absent',
    `The bus of ${host} cannot be used: systemd-stdio-bridge ended with status ${status}${words}. ` +
      'Check that systemd is running there.',
  );
}
