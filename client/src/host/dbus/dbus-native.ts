/**
 * The interface `Bus` over a stream. Of the package dbus-native (0.16.1, pinned) only the greeting and the writing of
 * messages are used, and this is the only file that knows it: its message bus throws out of a timer when the peer never
 * answers Hello, and its reading decodes everything that comes, at once. The peer may be anything, so the greeting has a
 * deadline and a size, and messages are read by {@link ./wire}: only those that a caller waits for, with the signature that was
 * asked for, one after the other, and never so much of them at once that others would have to wait.
 */

import type { Duplex } from 'node:stream';
import greet from 'dbus-native/lib/handshake.js';
import writing from 'dbus-native/lib/message.js';
import { inBackground } from '../async';
import { safely } from '../event';
import { type Bus, BusError, type Match, type Method, type Signal } from './bus';
import { firstText, type Header, kinds, lengthsOf, readBody, readHeader, startBytes, Turn, WireError } from './wire';

const defaults = {
  /** For the handshake and Hello together, milliseconds. */
  handshake: 5_000,
  call: 10_000,
  /** Bytes. A list of 10,000 images takes 1.5 MB. */
  message: 16 << 20,
};
export type Limits = typeof defaults;

const busItself = 'org.freedesktop.DBus';
const busMethod = { destination: busItself, path: '/org/freedesktop/DBus', interface: busItself };
const hello: Method = { ...busMethod, member: 'Hello', returns: 's' };
const addMatch: Method = { ...busMethod, member: 'AddMatch', takes: 's', returns: '' };

/** Bytes a server may send before the handshake is over; an honest one sends about 40. */
const handshakeBytes = 4096;

/**
 * Speaks D-Bus over a stream, which from now on belongs to the returned bus.
 * @throws BusError through the promise, after the stream was destroyed
 */
export async function openBus(stream: Duplex, limits: Partial<Limits> = {}): Promise<Bus> {
  const bus = new NativeBus(stream, { ...defaults, ...limits });
  await bus.ready;
  return bus;
}

/** Values that a message costs besides its own. */
const messageCost = 16;

/** Characters of the words of an error that are kept. */
const longestError = 2000;

/** A message as it came. */
interface Raw {
  readonly start: Buffer;
  readonly fields: Buffer;
  readonly body: Buffer;
}

interface PendingCall {
  readonly method: Method;
  readonly settle: (answer: unknown[] | BusError) => void;
}

class NativeBus implements Bus {
  readonly ready: Promise<void>;
  readonly closed: Promise<BusError>;
  private end: BusError | undefined;
  private resolveClosed: (reason: BusError) => void = () => undefined;
  /** What a message began with whose rest has not come yet. */
  private start: Buffer | undefined;
  private reading = false;
  private readonly turn = new Turn();
  private readonly pending = new Map<number, PendingCall>();
  private readonly handlers: { match: Match; handler: (signal: Signal) => void }[] = [];
  private serial = 0;

  constructor(
    private readonly stream: Duplex,
    private readonly limits: Limits,
  ) {
    this.closed = new Promise((resolve) => (this.resolveClosed = resolve));
    let received = 0;
    // Before the package's own listener, which takes everything that is there while it waits for the end of a line.
    const measure = () => {
      received += stream.readableLength;
      if (received > handshakeBytes) this.close(new BusError('garbled', 'The bus did not finish the handshake.'));
    };
    stream.on('readable', measure);
    // An end of the stream is the end of the connection, also where the stream would allow to go on writing.
    stream.once('end', () => this.close());
    stream.once('close', () => this.close());
    stream.on('error', (error: Error) => this.close(connectionError(error)));
    const authenticated = new Promise<void>((resolve) => {
      greet(stream, { authMethods: ['EXTERNAL'] }, (error) => {
        if (error) {
          this.close(connectionError(error));
          return;
        }
        stream.off('readable', measure);
        stream.on('readable', () => inBackground(this.read()));
        inBackground(this.read());
        resolve();
      });
    });
    this.ready = this.greet(authenticated);
  }

  private async greet(authenticated: Promise<void>): Promise<void> {
    const { handshake } = this.limits;
    const late = () => this.close(new BusError('timeout', `The bus did not finish the handshake within ${handshake / 1000} s.`));
    const timer = setTimeout(late, handshake);
    const ended = this.closed.then((reason) => {
      throw reason;
    });
    try {
      await Promise.race([authenticated.then(() => this.call(hello)), ended]);
    } catch (error) {
      if (error instanceof BusError) this.close(error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  call(method: Method, body: readonly unknown[] = [], timeout = this.limits.call): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      if (this.end) {
        reject(this.end);
        return;
      }
      this.serial = (this.serial % 0xffff_ffff) + 1;
      const serial = this.serial;
      const settle = (answer: unknown[] | BusError) => {
        clearTimeout(timer);
        this.pending.delete(serial);
        if (answer instanceof BusError) reject(answer);
        else resolve(answer);
      };
      const timer = setTimeout(() => {
        settle(new BusError('timeout', `${describe(method)} was not answered within ${timeout / 1000} s.`));
      }, timeout);
      this.pending.set(serial, { method, settle });
      const { destination, path, member } = method;
      try {
        this.stream.write(
          writing.marshall({
            type: kinds.call,
            serial,
            destination,
            path,
            interface: method.interface,
            member,
            ...(method.takes ? { signature: method.takes, body: [...body] } : {}),
          }),
        );
      } catch (error) {
        settle(new BusError('garbled', `${describe(method)} cannot be asked: ${String(error)}`));
      }
    });
  }

  async onSignal(match: Match, handler: (signal: Signal) => void): Promise<void> {
    this.handlers.push({ match, handler });
    await this.call(addMatch, [matchRule(match)]);
  }

  close(reason = new BusError('closed', 'The connection to the bus was closed.')): void {
    if (this.end) return;
    this.end = reason;
    this.stream.destroy();
    for (const { settle } of [...this.pending.values()]) settle(reason);
    this.handlers.length = 0;
    this.resolveClosed(reason);
  }

  /** Reads what has come, message by message, in turns with whatever else this process does. */
  private async read(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      for (let message = this.next(); message; message = this.next()) {
        await this.receive(message);
        this.turn.spend(messageCost);
        if (this.turn.over) await this.turn.pass();
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.close(new BusError('garbled', `The bus sent invalid data: ${error.message}`));
    } finally {
      this.reading = false;
    }
  }

  /** The next message, if it is there as a whole. @throws WireError */
  private next(): Raw | undefined {
    if (this.end) return undefined;
    this.start ??= this.take(startBytes);
    if (this.start === undefined) return undefined;
    const lengths = lengthsOf(this.start, this.limits.message),
      rest = this.take(lengths.fields + lengths.body);
    if (rest === undefined) return undefined;
    const message = { start: this.start, fields: rest.subarray(0, lengths.fields), body: rest.subarray(lengths.fields) };
    this.start = undefined;
    return message;
  }

  /** That many bytes, if they are there. @throws WireError when the stream ends before */
  private take(size: number): Buffer | undefined {
    if (size === 0) return Buffer.alloc(0);
    const bytes = this.stream.read(size) as Buffer | null;
    if (bytes !== null && bytes.length < size) throw new WireError('It ended in the middle of a message.');
    return bytes ?? undefined;
  }

  /** Messages that no caller waits for are not read. Nothing is offered on this connection, so calls to it are not answered. */
  private async receive({ start, fields, body }: Raw): Promise<void> {
    const header = readHeader(start, fields);
    const decode = (signature: string) => this.inTurns(readBody(start, signature, body, this.turn));
    if (header.kind === kinds.signal) {
      const wanted = this.handlersFor(header, () => firstText(start, header.signature, body));
      if (wanted.length === 0) return;
      const { path = '', member = '' } = header,
        values = await decode(header.signature);
      for (const handler of wanted) if (!this.end) safely(() => handler({ path, member, body: values }));
    }
    const serial = header.replySerial ?? 0,
      call = this.pending.get(serial);
    if (!call) return;
    if (header.kind === kinds.error) call.settle(errorOf(call.method, header, firstText(start, header.signature, body)));
    else if (header.kind === kinds.answer && header.signature !== call.method.returns) call.settle(otherShape(call.method, header));
    else if (header.kind === kinds.answer) {
      const values = await decode(header.signature);
      // It may have been given up meanwhile.
      this.pending.get(serial)?.settle(values);
    }
  }

  private async inTurns<T>(work: Generator<undefined, T>): Promise<T> {
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      await this.turn.pass();
      if (this.end) throw new WireError('The connection was closed.');
    }
  }

  private handlersFor(
    { path, interface: from, member, sender, signature }: Header,
    firstArgument: () => string | undefined,
  ): ((signal: Signal) => void)[] {
    if (path === undefined || member === undefined) return [];
    return this.handlers
      .filter(
        ({ match }) =>
          from === match.interface &&
          (match.sender !== busItself || sender === busItself) &&
          (match.member === undefined || member === match.member) &&
          (match.carries === undefined || (Object.hasOwn(match.carries, member) && match.carries[member] === signature)) &&
          (match.path === undefined || path === match.path) &&
          (match.pathNamespace === undefined || `${path}/`.startsWith(`${match.pathNamespace}/`)) &&
          (match.arg0 === undefined || firstArgument() === match.arg0),
      )
      .map(({ handler }) => handler);
  }
}

function describe(method: Method): string {
  return `${method.destination} ${method.member}`;
}

function otherShape(method: Method, { signature }: Header): BusError {
  return new BusError('garbled', `${describe(method)} answered "${signature}" instead of "${method.returns}".`);
}

function errorOf(method: Method, { errorName = 'unnamed error' }: Header, text: string | undefined): BusError {
  return new BusError('remote', `${describe(method)}: ${text ? text.slice(0, longestError) : errorName}`, errorName);
}

function connectionError(error: Error): BusError {
  if (error instanceof BusError) return error; // of a stream that knows better why it ended
  const code = 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'ENOTDIR':
    case 'ENOTSOCK':
      return new BusError('absent', `D-Bus is not running: ${error.message}`);
    case 'EACCES':
    case 'EPERM':
      return new BusError('denied', `Access to D-Bus is denied: ${error.message}`);
    default:
      if (/^No authentication methods left/.test(error.message)) {
        return new BusError('denied', `The bus does not accept this user: ${error.message.replaceAll(/\p{C}+/gu, ' ').slice(0, 300)}`);
      }
      return new BusError(code === undefined ? 'garbled' : 'closed', `The connection broke: ${error.message}`);
  }
}

function matchRule(match: Match): string {
  const fields = {
    type: 'signal',
    sender: match.sender,
    interface: match.interface,
    member: match.member,
    path: match.path,
    path_namespace: match.pathNamespace,
    arg0: match.arg0,
  };
  return Object.entries(fields)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}='${value.replaceAll("'", "'\\''")}'`]))
    .join(',');
}
