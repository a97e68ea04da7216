/** What we want from a D-Bus connection, and no more. Only dbus-native.ts knows the package that implements it. */

/** A method with its hand-written signatures; an answer of any other shape is refused. */
export interface Method {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  /** Signature of the arguments; absent when there are none. */
  readonly takes?: string;
  /** Signature of the answer, `''` for none. */
  readonly returns: string;
}

/** Which signals are wanted: the fields of a D-Bus match rule. `sender` may be a well-known name. */
export interface Match {
  readonly sender: string;
  readonly interface: string;
  readonly member?: string;
  readonly path?: string;
  /** This path and everything below it. */
  readonly pathNamespace?: string;
  /** The first argument is this string. */
  readonly arg0?: string;
  /** The signatures of the arguments by member: signals that are not here, or have other arguments, are not even read. */
  readonly carries?: Readonly<Record<string, string>>;
}

export interface Signal {
  readonly path: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

/**
 * Why a connection or a call failed.
 * - `absent`: no program listens there.
 * - `denied`: the socket's permissions, or the bus does not accept who we are.
 * - `closed`: the connection ended before the answer.
 * - `timeout`: no answer in time.
 * - `garbled`: what came is not D-Bus, or not the shape that was asked for.
 * - `remote`: the service answered with an error; `errorName` tells which.
 */
export type BusErrorKind = 'absent' | 'denied' | 'closed' | 'timeout' | 'garbled' | 'remote';

export class BusError extends Error {
  override readonly name = 'BusError';

  constructor(
    readonly kind: BusErrorKind,
    message: string,
    readonly errorName?: string,
  ) {
    super(message);
  }
}

/** One connection. It ends once and for all; to go on, open another. */
export interface Bus {
  /**
   * Integers of 64 bits come as bigint, `ay` as Buffer, `a{s*}` as plain objects, variants as their value.
   * @param timeout milliseconds; 10 s unless told
   * @throws BusError, always through the promise and always in bounded time
   */
  call(method: Method, body?: readonly unknown[], timeout?: number): Promise<unknown[]>;

  /**
   * Calls `handler` for matching signals until the connection ends. Resolves when the bus knows the rule.
   * Any program on the bus may send a signal that looks like another's (only the bus itself cannot be imitated):
   * take it as a hint to ask, never as the answer.
   */
  onSignal(match: Match, handler: (signal: Signal) => void): Promise<void>;

  /** Resolves with the reason when the connection has ended; never rejects. */
  readonly closed: Promise<BusError>;

  /** Ends the connection. Calls under way fail with `reason`. */
  close(reason?: BusError): void;
}
