/**
 * For tests: the other end of a D-Bus socket, with an encoder of its own, so that the package is tested against the
 * specification and not against itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A message that came from the client. */
export interface Received {
  readonly serial: number;
  readonly member: string;
}

/** Splits a signature into its complete types. */
function completeTypes(signature: string): string[] {
  const end = (at: number): number => {
    if (signature[at] === 'a') return end(at + 1);
    if (!'({'.includes(signature[at] ?? '')) return at + 1;
    let next = at + 1;
    while (!')}'.includes(signature[next] ?? ')')) next = end(next);
    return next + 1;
  };
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    types.push(signature.slice(at, end(at)));
    at = end(at);
  }
  return types;
}

const alignments: Record<string, number> = { y: 1, g: 1, v: 1, x: 8, t: 8, d: 8, '(': 8, '{': 8 };

/** Encodes values of a signature as little-endian D-Bus; a variant is `[signature, value]`. */
export function encode(signature: string, values: readonly unknown[], start = 0): Buffer {
  const bytes: number[] = [];
  const pad = (to: number) => {
    while ((start + bytes.length) % to) bytes.push(0);
  };
  const number = (value: bigint, size: number) => {
    for (let i = 0; i < size; i++) bytes.push(Number((value >> BigInt(8 * i)) & 0xffn));
  };
  const write = (type: string, value: unknown): void => {
    pad(alignments[type.charAt(0)] ?? 4);
    switch (type.charAt(0)) {
      case 'y':
        number(BigInt(value as number), 1);
        return;
      case 'b':
        number(value ? 1n : 0n, 4);
        return;
      case 'u':
      case 'i':
        number(BigInt(value as number), 4);
        return;
      case 't':
      case 'x':
        number(value as bigint, 8);
        return;
      case 's':
      case 'o': {
        const text = Buffer.from(value as string);
        number(BigInt(text.length), 4);
        bytes.push(...text, 0);
        return;
      }
      case 'g':
        bytes.push((value as string).length, ...Buffer.from(value as string), 0);
        return;
      case 'v': {
        const [inner, content] = value as [string, unknown];
        write('g', inner);
        write(inner, content);
        return;
      }
      case '(':
      case '{': {
        const fields = completeTypes(type.slice(1, -1));
        fields.forEach((field, i) => write(field, (value as unknown[])[i]));
        return;
      }
      case 'a': {
        number(0n, 4);
        const length = bytes.length - 4;
        pad(alignments[type.charAt(1)] ?? 4);
        const from = bytes.length;
        for (const element of value as unknown[]) write(type.slice(1), element);
        const size = Buffer.alloc(4);
        size.writeUInt32LE(bytes.length - from);
        bytes.splice(length, 4, ...size);
        return;
      }
      default:
        throw new Error(`No encoder for ${type}`);
    }
  };
  completeTypes(signature).forEach((type, i) => write(type, values[i]));
  return Buffer.from(bytes);
}

const fieldCode = {
  path: 1,
  interface: 2,
  member: 3,
  errorName: 4,
  replySerial: 5,
  destination: 6,
  sender: 7,
  signature: 8,
};
const fieldType: Record<number, string> = { 1: 'o', 5: 'u', 8: 'g' };

type Fields = Partial<Record<keyof typeof fieldCode, string | number>>;

/** A whole message with this body, which need not fit its signature. */
export function message(type: number, fields: Fields, body: Buffer = Buffer.alloc(0)): Buffer {
  const list = Object.entries(fields).map(([key, value]) => {
    const code = fieldCode[key as keyof typeof fieldCode];
    return [code, [fieldType[code] ?? 's', value]];
  });
  const head = encode('yyyyuua(yv)', ['l'.charCodeAt(0), type, 0, 1, body.length, 1, list]);
  return Buffer.concat([head, Buffer.alloc((8 - (head.length % 8)) % 8), body]);
}

export function reply(replySerial: number, signature = '', ...values: unknown[]): Buffer {
  return message(2, { replySerial, ...(signature ? { signature } : {}) }, encode(signature, values));
}

export function errorReply(replySerial: number, errorName: string, text: string): Buffer {
  return message(3, { replySerial, errorName, signature: 's' }, encode('s', [text]));
}

export function signal(sender: string, objectPath: string, from: string, member: string, signature: string, ...values: unknown[]): Buffer {
  return message(4, { sender, path: objectPath, interface: from, member, signature }, encode(signature, values));
}

/** Takes one message off the front; undefined while it is not complete. */
function decode(bytes: Buffer): { message: Received; rest: Buffer } | undefined {
  if (bytes.length < 16) return undefined;
  const fieldsEnd = 16 + bytes.readUInt32LE(12);
  const total = Math.ceil(fieldsEnd / 8) * 8 + bytes.readUInt32LE(4);
  if (bytes.length < total) return undefined;
  const found: Record<number, string> = {};
  for (let at = 16; at < fieldsEnd; ) {
    at = Math.ceil(at / 8) * 8;
    const code = bytes.readUInt8(at);
    const short = bytes.toString('latin1', at + 2, at + 3) === 'g';
    const length = short ? bytes.readUInt8(at + 4) : bytes.readUInt32LE(at + 4);
    const from = at + (short ? 5 : 8);
    found[code] = bytes.toString('utf8', from, from + length);
    at = from + length + 1;
  }
  const read = { serial: bytes.readUInt32LE(8), member: found[fieldCode.member] ?? '' };
  return { message: read, rest: bytes.subarray(total) };
}

/** A unix socket in a folder of its own. What it does with clients is up to the test. */
export class FakeBusServer {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'nspawn-bus-'));
  readonly socket = path.join(this.folder, 'bus');
  readonly clients = new Set<Socket>();
  private readonly server: Server;

  constructor(serve: (client: Socket) => void) {
    this.server = createServer((client) => {
      this.clients.add(client);
      client.on('error', () => undefined);
      client.on('close', () => this.clients.delete(client));
      serve(client);
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(this.socket, resolve));
    return this;
  }

  async close(): Promise<void> {
    for (const client of this.clients) client.destroy();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Greets, answers Hello and AddMatch, and gives everything else to `answer`. */
export function politely(answer: (message: Received, client: Socket) => void): (client: Socket) => void {
  return (client) => {
    let bytes: Buffer = Buffer.alloc(0);
    let begun = false;
    client.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!begun) {
        if (/AUTH EXTERNAL [0-9a-f]+\r\n$/.test(bytes.toString('latin1'))) client.write('OK 0123456789abcdef\r\n');
        const begin = bytes.indexOf('BEGIN\r\n');
        if (begin < 0) return;
        begun = true;
        bytes = bytes.subarray(begin + 7);
      }
      for (let next = decode(bytes); next; next = decode(bytes)) {
        bytes = next.rest;
        if (next.message.member === 'Hello') client.write(reply(next.message.serial, 's', ':1.7'));
        else if (next.message.member === 'AddMatch') client.write(reply(next.message.serial));
        else answer(next.message, client);
      }
    });
  };
}
