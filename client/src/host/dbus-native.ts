/**
 * The interface `Bus` over the package dbus-native (0.16.1, pinned). The only file that knows it.
 *
 * Only its connection is used (handshake, framing, encoding): its message bus on top throws out of a timer when the
 * peer never answers Hello, which would take the process down. Three more things are mended here, because the peer
 * may be anything: the handshake has a deadline and a size, messages have a size, and a type that takes no bytes may
 * not stand in an array, where the package would read it for ever.
 */
import { createConnection, messageType, type Message, type SignatureNode } from 'dbus-native';
import DBusBuffer from 'dbus-native/lib/dbus-buffer.js';
import type { Duplex } from 'node:stream';
import { type Bus, BusError, type Match, type Method, type Signal } from './bus';
import { safely } from './event';

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

/** `()`, `{}` and the reserved `r`: legal for nobody, but the package reads them as values of no bytes. */
function takesNoBytes(type: SignatureNode): boolean {
  return '({r'.includes(type.type) && type.child.every(takesNoBytes);
}
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the right `this` below
const readArray = DBusBuffer.prototype.readArray;
DBusBuffer.prototype.readArray = function (element, size) {
  if (takesNoBytes(element)) throw new Error('An array of elements without content');
  return readArray.call(this, element, size);
};

/**
 * Speaks D-Bus over a stream, which from now on belongs to the returned bus.
 * @throws BusError through the promise, after the stream was destroyed
 */
export async function openBus(stream: Duplex, limits: Partial<Limits> = {}): Promise<Bus> {
  const bus = new NativeBus(stream, { ...defaults, ...limits });
  await bus.ready;
  return bus;
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
  private readonly connection;
  private readonly pending = new Map<number, PendingCall>();
  private readonly handlers: { match: Match; handler: (signal: Signal) => void }[] = [];
  private serial = 0;

  constructor(private readonly stream: Duplex, private readonly limits: Limits) {
    this.closed = new Promise((resolve) => (this.resolveClosed = resolve));
    let received = 0;
    // Before the package's own listener, which takes everything that is there while it waits for the end of a line.
    const measure = () => {
      received += stream.readableLength;
      if (received > handshakeBytes) this.close(new BusError('garbled', 'The bus does not finish its greeting.'));
    };
    stream.on('readable', measure);
    // An end of the stream is the end of the connection, also where the stream would allow to go on writing.
    stream.once('end', () => this.close());
    this.connection = createConnection({ stream, authMethods: ['EXTERNAL'], maxMessageSize: limits.message });
    this.connection.on('error', (error: Error) => this.close(connectionError(error)));
    this.connection.on('handlerError', (error: Error) => this.close(new BusError('garbled', error.message)));
    this.connection.on('close', () => this.close());
    this.connection.on('message', (message: Message) => this.receive(message));
    const authenticated = new Promise<void>((resolve) => {
      this.connection.on('connect', () => {
        stream.off('readable', measure);
        resolve();
      });
    });
    this.ready = this.greet(authenticated);
  }

  private async greet(authenticated: Promise<void>): Promise<void> {
    const { handshake } = this.limits;
    const late = () => this.close(new BusError('timeout', `The bus did not greet us within ${handshake / 1000} s.`));
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
      this.serial = this.serial % 0xffff_ffff + 1;
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
        this.connection.message({
          type: messageType.methodCall, serial, destination, path, interface: method.interface, member,
          ...(method.takes ? { signature: method.takes, body: [...body] } : {}),
        });
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

  /** Nothing is offered on this connection, so calls to us stay without an answer. */
  private receive(message: Message): void {
    if (this.end) return;
    if (message.type === messageType.signal) this.dispatch(message);
    const call = this.pending.get(message.replySerial ?? 0);
    if (!call) return;
    if (message.type === messageType.methodReturn) call.settle(answerOf(call.method, message));
    else if (message.type === messageType.error) call.settle(errorOf(call.method, message));
  }

  private dispatch({ path, interface: from, member, sender, body = [] }: Message): void {
    if (typeof path !== 'string' || typeof member !== 'string') return;
    for (const { match, handler } of [...this.handlers]) {
      const fits = from === match.interface
        && (match.sender !== busItself || sender === busItself)
        && (match.member === undefined || member === match.member)
        && (match.path === undefined || path === match.path)
        && (match.pathNamespace === undefined || `${path}/`.startsWith(`${match.pathNamespace}/`))
        && (match.arg0 === undefined || body[0] === match.arg0);
      if (fits) safely(() => handler({ path, member, body }));
    }
  }
}

function describe(method: Method): string {
  return `${method.destination} ${method.member}`;
}

function answerOf(method: Method, { signature = '', body = [] }: Message): unknown[] | BusError {
  if (signature === method.returns) return body;
  return new BusError('garbled', `${describe(method)} answered "${signature}" instead of "${method.returns}".`);
}

function errorOf(method: Method, { errorName, body = [] }: Message): BusError {
  const name = typeof errorName === 'string' ? errorName : 'unnamed error';
  const text = typeof body[0] === 'string' && body[0] !== '' ? body[0] : name;
  return new BusError('remote', `${describe(method)}: ${text}`, name);
}

function connectionError(error: Error): BusError {
  if (error instanceof BusError) return error; // of a stream that knows better why it ended
  const code = 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'ENOTDIR':
    case 'ENOTSOCK':
      return new BusError('absent', `No bus listens: ${error.message}`);
    case 'EACCES':
    case 'EPERM':
      return new BusError('denied', `The bus may not be used: ${error.message}`);
    case 'EPROTO':
      return new BusError('garbled', `The bus sent what is not D-Bus: ${error.message}`);
    default:
      if (/^No authentication methods left/.test(error.message)) {
        return new BusError('denied', `The bus does not accept this user: ${error.message}`);
      }
      return new BusError(code === undefined ? 'garbled' : 'closed', `The connection broke: ${error.message}`);
  }
}

function matchRule(match: Match): string {
  const fields = {
    type: 'signal', sender: match.sender, interface: match.interface, member: match.member, path: match.path,
    path_namespace: match.pathNamespace, arg0: match.arg0,
  };
  return Object.entries(fields).flatMap(([key, value]) => (
    value === undefined ? [] : [`${key}='${value.replaceAll('\'', '\'\\\'\'')}'`]
  )).join(',');
}
