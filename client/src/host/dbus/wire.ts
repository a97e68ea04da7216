/**
 * Messages of D-Bus as they come over the wire (D-Bus specification, "Message Protocol"). The sender may be
 * anything: a header is read at once, because it is small, and a body only when a caller waits for it, with the
 * signature that was expected, and in slices, so that a large one does not block. What breaks the rules of the
 * protocol is a {@link WireError}.
 */
import { isUtf8 } from 'node:buffer';

export class WireError extends Error {
  override readonly name = 'WireError';
}

/** Values that are read before others get a turn; they take a few milliseconds. */
const slice = 4096;

/** Counts what was done since others had a turn. */
export class Turn {
  private left = slice;

  spend(units = 1): void {
    this.left -= units;
  }

  /** Whether it is time to let others go on. */
  get over(): boolean {
    return this.left <= 0;
  }

  begin(): void {
    this.left = slice;
  }

  /** Lets timers and other connections have their turn. */
  async pass(): Promise<void> {
    await new Promise(setImmediate);
    this.begin();
  }
}

/** The kinds of messages. */
export const kinds = { call: 1, answer: 2, error: 3, signal: 4 } as const;

/** The bytes that every message begins with. */
export const startBytes = 16;

/** Bytes of header fields; honest ones have some hundred. */
const mostFields = 64 << 10;

const isLittle = (start: Buffer): boolean => start[0] === 0x6c;
const padded = (length: number, to: number): number => Math.ceil(length / to) * to;

/**
 * How many bytes follow the start of a message.
 * @param start {@link startBytes} of them @param most bytes of the whole message @throws WireError
 */
export function lengthsOf(start: Buffer, most: number): { readonly fields: number; readonly body: number } {
  const order = start[0],
    version = start[3];
  if (order !== 0x6c && order !== 0x42) throw new WireError('A message does not begin with a byte order.');
  if (version !== 1) throw new WireError(`It speaks version ${String(version)} of the protocol, not 1.`);
  const read = (at: number): number => (isLittle(start) ? start.readUInt32LE(at) : start.readUInt32BE(at));
  const body = read(4),
    fields = padded(read(12), 8);
  if (fields > mostFields || startBytes + fields + body > most)
    throw new WireError(`A message has ${startBytes + fields + body} bytes, more than the maximum.`);
  return { fields, body };
}

/** The part before a body. */
export interface Header {
  /** One of {@link kinds}, or a later one. */
  readonly kind: number;
  /** Of the body; empty where there is none. */
  readonly signature: string;
  readonly path?: string;
  readonly interface?: string;
  readonly member?: string;
  readonly errorName?: string;
  readonly sender?: string;
  readonly replySerial?: number;
}

/** The header fields that mean something to us, by their numbers. 9 counts file descriptors, which we have never agreed to. */
const fields: Readonly<Partial<Record<number, readonly [name: keyof Header | 'descriptors', type: string]>>> = {
  1: ['path', 'o'],
  2: ['interface', 's'],
  3: ['member', 's'],
  4: ['errorName', 's'],
  5: ['replySerial', 'u'],
  7: ['sender', 's'],
  8: ['signature', 'g'],
  9: ['descriptors', 'u'],
};

/**
 * @param start as {@link lengthsOf} has it @param rest the header fields after it, padding included
 * @throws WireError also for a signature that can be none, so that the body need not be looked at
 */
export function readHeader(start: Buffer, rest: Buffer): Header {
  const reader = new Reader(rest, isLittle(start)),
    found: Record<string, unknown> = {};
  const end = isLittle(start) ? start.readUInt32LE(12) : start.readUInt32BE(12);
  while (reader.at < end) {
    reader.pad(8);
    const code = Number(reader.plain('y')),
      type = String(reader.plain('g')),
      [name, wanted] = fields[code] ?? [];
    if (name === undefined) drained(reader.variant(type, 1));
    else if (type !== wanted) throw new WireError(`The header field ${code} has the type "${type}" instead of "${wanted}".`);
    else found[name] = reader.plain(type);
  }
  if (reader.at !== end) throw new WireError('The header fields are longer than they say.');
  if (found['descriptors']) throw new WireError('It sent file descriptors, which were not asked for.');
  const header = { signature: '', ...found, kind: start[1] ?? 0 };
  typesOf(header.signature);
  return header;
}

/**
 * The values of a body; yields whenever others should have a turn.
 * @throws WireError for what does not fit the signature
 */
export function* readBody(start: Buffer, signature: string, body: Buffer, turn: Turn): Generator<undefined, unknown[]> {
  const reader = new Reader(body, isLittle(start), turn),
    values: unknown[] = [];
  for (const type of typesOf(signature)) values.push(yield* reader.value(type, 1));
  if (reader.at !== body.length) throw new WireError(`A body has ${body.length - reader.at} bytes more than its signature "${signature}".`);
  return values;
}

/** The text that a body begins with, whatever follows; undefined when it begins with something else. @throws WireError */
export function firstText(start: Buffer, signature: string, body: Buffer): string | undefined {
  return /^[so]/.test(signature) ? String(new Reader(body, isLittle(start)).plain('s')) : undefined;
}

/** A complete type: its code, and the types of its fields or elements. */
interface Type {
  readonly code: string;
  readonly inner: readonly Type[];
}

/** Arrays in arrays, and likewise structures (D-Bus specification, "Valid Signatures"). */
const deepest = 32;
/** Containers in one another, those in variants included (D-Bus specification, "Valid Types": message depth). */
const deepestValue = 64;

/** @throws WireError if it is not a valid signature */
function typesOf(signature: string): Type[] {
  if (signature.length > 255) throw new WireError('A signature is longer than 255 bytes.');
  let at = 0;
  const bad = (): WireError => new WireError(`${JSON.stringify(signature)} is not a valid signature.`);
  const one = (arrays: number, structures: number): Type => {
    const code = signature[at++] ?? '';
    if (arrays > deepest || structures > deepest) throw bad();
    if (code === 'a' && signature[at] === '{') {
      at++;
      const key = one(arrays + 1, structures + 1),
        value = one(arrays + 1, structures + 1);
      if (key.inner.length > 0 || key.code === 'v' || signature[at++] !== '}') throw bad();
      return { code, inner: [{ code: '{', inner: [key, value] }] };
    }
    if (code === 'a') return { code, inner: [one(arrays + 1, structures)] };
    if (code === '(') {
      const inner: Type[] = [];
      while (signature[at] !== ')') inner.push(one(arrays, structures + 1));
      at++;
      // Values without bytes would make an array of them endless.
      if (inner.length === 0) throw bad();
      return { code, inner };
    }
    if (code === '' || !'ybnqiuxtdsoghv'.includes(code)) throw bad();
    return { code, inner: [] };
  };
  const types: Type[] = [];
  while (at < signature.length) types.push(one(0, 0));
  return types;
}

const alignment: Readonly<Record<string, number>> = { y: 1, g: 1, v: 1, n: 2, q: 2, x: 8, t: 8, d: 8, '(': 8, '{': 8 };
const alignmentOf = ({ code }: Type): number => alignment[code] ?? 4;
const isPlain = ({ code }: Type): boolean => !'a({v'.includes(code);

const nothing = Buffer.alloc(0);

/** Takes values off the front. */
class Reader {
  at = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly little: boolean,
    private readonly turn = new Turn(),
  ) {}

  pad(to: number): void {
    this.at = padded(this.at, to);
  }

  /** A value of a type without others in it. @throws WireError */
  plain(code: string): unknown {
    this.turn.spend();
    switch (code) {
      case 'y':
        return this.bytes.readUInt8(this.take(1));
      case 'b': {
        const value = this.length();
        if (value > 1) throw new WireError('A boolean is neither 0 nor 1.');
        return value === 1;
      }
      case 'n': {
        const at = this.take(2);
        return this.little ? this.bytes.readInt16LE(at) : this.bytes.readInt16BE(at);
      }
      case 'q': {
        const at = this.take(2);
        return this.little ? this.bytes.readUInt16LE(at) : this.bytes.readUInt16BE(at);
      }
      case 'i': {
        const at = this.take(4);
        return this.little ? this.bytes.readInt32LE(at) : this.bytes.readInt32BE(at);
      }
      case 'x': {
        const at = this.take(8);
        return this.little ? this.bytes.readBigInt64LE(at) : this.bytes.readBigInt64BE(at);
      }
      case 't': {
        const at = this.take(8);
        return this.little ? this.bytes.readBigUInt64LE(at) : this.bytes.readBigUInt64BE(at);
      }
      case 'd': {
        const at = this.take(8);
        return this.little ? this.bytes.readDoubleLE(at) : this.bytes.readDoubleBE(at);
      }
      case 's':
        return this.text(this.length());
      case 'g':
        return this.text(this.bytes.readUInt8(this.take(1)));
      case 'o': {
        const path = this.text(this.length());
        if (!isObjectPath(path)) throw new WireError(`${JSON.stringify(path.slice(0, 80))} is not a valid object path.`);
        return path;
      }
      default:
        return this.length(); // u, and h, which is an index
    }
  }

  /** A value of any type; yields whenever others should have a turn. @throws WireError */
  *value(type: Type, depth: number): Generator<undefined, unknown> {
    if (this.turn.over) yield;
    if (isPlain(type)) return this.plain(type.code);
    if (depth > deepestValue) throw new WireError(`Values are nested deeper than ${deepestValue}.`);
    this.turn.spend();
    if (type.code === 'a') return yield* this.array(type.inner[0] as Type, depth);
    if (type.code === 'v') return yield* this.variant(this.plain('g') as string, depth + 1);
    this.pad(8);
    const values: unknown[] = [];
    for (const inner of type.inner) values.push(isPlain(inner) ? this.plain(inner.code) : yield* this.value(inner, depth + 1));
    return values;
  }

  /** The value of a variant, after its signature. @throws WireError */
  *variant(signature: string, depth: number): Generator<undefined, unknown> {
    const [type, ...more] = typesOf(signature);
    if (type === undefined || more.length > 0) throw new WireError('A variant does not hold exactly one value.');
    return yield* this.value(type, depth);
  }

  /** Bytes come as a Buffer, dictionaries with text as keys as objects. */
  private *array(element: Type, depth: number): Generator<undefined, unknown> {
    const length = this.length();
    this.pad(alignmentOf(element));
    const end = this.at + length;
    if (end > this.bytes.length) throw new WireError('An array is longer than its message.');
    if (element.code === 'y') {
      // Not a view, which would keep the whole message.
      const bytes = length === 0 ? nothing : Buffer.from(this.bytes.subarray(this.at, end));
      this.at = end;
      return bytes;
    }
    const values: unknown[] = [];
    while (this.at < end) {
      if (this.turn.over) yield;
      values.push(isPlain(element) ? this.plain(element.code) : yield* this.value(element, depth + 1));
    }
    if (this.at !== end) throw new WireError('The last element of an array reaches beyond its end.');
    const isObject = element.code === '{' && 'sog'.includes(element.inner[0]?.code ?? '');
    return isObject ? yield* this.object(values as [string, unknown][]) : values;
  }

  private *object(entries: readonly (readonly [string, unknown])[]): Generator<undefined, unknown> {
    const all: Record<string, unknown> = {};
    for (const [key, value] of entries) {
      // Assigning to `__proto__` would be more than a value.
      if (key === '__proto__') Object.defineProperty(all, key, { value, enumerable: true, configurable: true, writable: true });
      else all[key] = value;
      this.turn.spend();
      if (this.turn.over) yield;
    }
    return all;
  }

  private length(): number {
    const at = this.take(4);
    return this.little ? this.bytes.readUInt32LE(at) : this.bytes.readUInt32BE(at);
  }

  private text(length: number): string {
    const { bytes, at } = this,
      end = at + length;
    if (bytes[end] !== 0) throw new WireError('A text is longer than its message, or does not end where it says.');
    const text = bytes.toString('utf8', at, end);
    this.turn.spend(length >> 8);
    if (text.includes('\0') || (text.includes('\uFFFD') && !isUtf8(bytes.subarray(at, end)))) throw new WireError('A text is not UTF-8.');
    this.at = end + 1;
    return text;
  }

  /** The place of a number that many bytes long, which is also its alignment. */
  private take(size: number): number {
    const at = padded(this.at, size);
    if (at + size > this.bytes.length) throw new WireError('A value is longer than its message.');
    this.at = at + size;
    return at;
  }
}

/** Runs a reader to its end without yielding. */
function drained<T>(values: Generator<undefined, T>): T {
  for (;;) {
    const step = values.next();
    if (step.done === true) return step.value;
  }
}

const isObjectPath = (text: string): boolean =>
  text === '/' || (text.startsWith('/') && !text.endsWith('/') && !text.includes('//') && !/[^A-Za-z0-9_/]/.test(text));
