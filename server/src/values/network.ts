import type { Version } from '../schema';
import { shortened, type Text } from '../syntax';
import { type Atom, list, operators, single, take } from './combinators';
import { colonFields, extractWord, extractWords, plainWords, unfinishedMessage, whitespace } from './extract';
import { type Choice, type Grammar, grammar, type Reading, type Rewrite } from './grammar';
import { isInterfaceIndex, parseNumber, uint16 } from './numbers';

/** Why a text is not a name of a network interface (v262 socket-util.c ifname_valid_full); undefined when it is one. */
export function interfaceFault(name: string, version: Version): string | undefined {
  if (name === '') return 'The name of an interface is missing';
  if (version >= 248 && isInterfaceIndex(name, version)) return 'A number is not the name of an interface';
  if (new TextEncoder().encode(name).length > 15)
    return `Names of interfaces have 15 characters at most; "${shortened(name)}" has ${name.length}`;
  if (name === '.' || name === '..') return `"${name}" is not the name of an interface`;
  if (version >= 248 && (name === 'all' || name === 'default')) return `"${name}" means all interfaces to the kernel and is not a name`;
  const bad = (version >= 248 ? /[^\x21-\x7e]|[:/%]/u : /[^\x21-\x7e]|[:/]/u).exec(name)?.[0];
  if (bad !== undefined) return `Names of interfaces have no ${bad <= ' ' ? 'whitespace' : `"${bad}"`}`;
  return /^[0-9]+$/.test(name) ? 'A number is not the name of an interface' : undefined;
}

/** @param since the release that began to look at the name */
const named = (wants?: 'interface' | 'bridge', since = 0): Atom => ({
  read(name, { edition: { version } }) {
    const fault = version >= since ? interfaceFault(name, version) : undefined;
    return fault === undefined ? { role: 'name' } : { fault };
  },
  expects: () => 'the name of an interface',
  ...(wants === undefined ? {} : { wants }),
});
const hostInterface = named('interface');
/** A name of one's own choice. */
const ownInterface = named();

export const bridge: Grammar = grammar(single(named('bridge', 230), 'bridge'), 'bridge');

/** `Interface=`, `MACVLAN=`, `IPVLAN=`: pairs since 254, and a bad one is fatal; before, names were not checked. */
export const interfacePairs: Grammar = grammar((text, into) => {
  if (into.version < 254) {
    list(
      { separators: whitespace, coalesce: true, unquote: true, retainEscape: true },
      (word) => {
        take(word, hostInterface, into, 'host interface', 'silent');
        return true;
      },
      hostInterface,
      'host interface',
      'dropped',
    )(text, into);
    return;
  }
  list(plainWords, (word) => pair(word, into), hostInterface, 'host interface', 'fatal')(text, into);
}, 'host interface:container interface ...');

function pair(word: Text, into: Reading): boolean {
  const cutOut = extractWord(word, 0, colonFields);
  if (cutOut === undefined || 'unfinished' in cutOut) {
    into.problem(word, cutOut === undefined ? 'The name of an interface is missing' : unfinishedMessage(cutOut), {
      effect: 'fatal',
    });
    return false;
  }
  operators(word, ':', into, 1);
  const host = take(cutOut.word, hostInterface, into, 'host interface', 'fatal');
  if (host === undefined) return false;
  const inside = cutOut.next === undefined ? undefined : word.slice(cutOut.next);
  return inside === undefined || inside.length === 0 || take(inside, ownInterface, into, 'container interface', 'fatal') !== undefined;
}

const fallingBack: Atom = {
  ...ownInterface,
  read(name, { edition: { version } }) {
    const fault = interfaceFault(name, version);
    return fault === undefined ? { role: 'name' } : { fault: `${fault}; the machine's end gets the first name, too`, effect: 'silent' };
  },
};

/** `VirtualEthernetExtra=`: an invalid second name silently falls back to the first (nspawn-network.c). */
export const interfacePair: Grammar = grammar((text, into) => {
  const { words, unfinished } = extractWords(text, colonFields);
  operators(text, ':', into);
  const [host, inside, third] = words;
  const old = into.version < 230;
  if (host === undefined || unfinished !== undefined) {
    into.problem(unfinished?.at ?? text, unfinished === undefined ? 'The name of an interface is missing' : unfinishedMessage(unfinished));
    return;
  }
  if (old && host.length > 0) into.part(host, 'name', { label: 'host interface' });
  else if (take(host, ownInterface, into, 'host interface') === undefined) return;
  if (third !== undefined) {
    into.problem(third, 'There are two names at most, host:container');
    return;
  }
  if (inside === undefined || inside.length === 0) return;
  if (old) into.part(inside, 'name', { label: 'container interface' });
  else take(inside, fallingBack, into, 'container interface');
}, 'host interface:container interface');

/** A zone is the bridge `vz-NAME`; nspawn accepts an empty name and then makes a bridge `vz-`. */
const zoneName: Atom = {
  read(name, { edition: { version } }) {
    const fault = interfaceFault(`vz-${name}`, version);
    if (fault !== undefined) {
      return {
        fault:
          new TextEncoder().encode(name).length > 12
            ? `Names of zones have 12 characters at most; "${shortened(name)}" has ${name.length}`
            : fault.replaceAll('interfaces', 'zones'),
      };
    }
    return name === ''
      ? {
          fault: 'Without a name this makes a zone "vz-"; write a name, or remove the line',
          rewrite: { title: 'Remove the line', values: [] },
          effect: 'silent',
        }
      : { role: 'name' };
  },
  expects: () => 'a name of up to 12 characters',
  wants: 'zone',
};
export const zone: Grammar = grammar(single(zoneName, 'zone'), 'zone');

const rangeOfPorts = 'Port ranges are not supported; write one line for each port';
const portNumber: Atom = {
  read(text, { edition: { version } }) {
    const n = parseNumber(text, { ...uint16, refuseSpace: version >= 250 }, version);
    if (typeof n === 'bigint' && n > 0n) return { role: 'number', number: Number(n) };
    if (n !== undefined) return { fault: 'Ports are 1 to 65535' };
    if (/^[0-9]+-[0-9]+$/.test(text)) return { fault: rangeOfPorts };
    if (/^[0-9]+(\.[0-9]+){3}$/.test(text)) return { fault: 'Addresses are not supported; a port is open on all addresses of the host' };
    return undefined;
  },
  expects: () => 'a port from 1 to 65535',
};

const pairOfPorts: readonly Choice[] = [{ word: '8080:80', sample: true, detail: 'port 8080 of the host, port 80 of the machine' }];
/** Where servers mostly listen. */
const services: readonly Choice[] = [
  ['22', 'SSH'],
  ['53', 'DNS'],
  ['80', 'HTTP'],
  ['443', 'HTTPS'],
].map(([word = '', detail = '']) => ({ word, detail, sample: true }));

/** The lines that a range of ports stands for, if it is one and not too long. */
function portByPort(protocol: string, range: string): Rewrite | undefined {
  const [, from, to] = /^([0-9]{1,5})-([0-9]{1,5})$/.exec(range) ?? [],
    first = Number(from),
    count = Number(to) - first + 1;
  if (!(first > 0 && count > 0 && count <= 32 && Number(to) < 0x10000)) return undefined;
  return { title: 'Write one line for each port', values: Array.from({ length: count }, (_, i) => `${protocol}${first + i}`) };
}

/** `[tcp:|udp:]host port[:container port]` (v262 nspawn-expose-ports.c expose_port_parse); no escapes. */
export const port: Grammar = grammar((text, into) => {
  const protocol = /^(tcp|udp):/.exec(text.text)?.[1];
  const start = protocol === undefined ? 0 : 4;
  const letters = /^[A-Za-z]*/.exec(text.text)?.[0].length ?? 0,
    behind = text.text.charAt(letters) === ':' ? '' : ':';
  into.place(
    text.slice(0, letters),
    () => [
      { word: `tcp${behind}`, sample: true, detail: 'the default' },
      { word: `udp${behind}`, sample: true },
      ...(text.length === 0 ? pairOfPorts : []),
    ],
    { label: 'protocol' },
  );
  if (protocol !== undefined) {
    into.part(text.slice(0, 3), 'keyword', { label: 'protocol', word: protocol });
    into.part(text.slice(3, 4), 'operator');
  }
  const colon = text.text.indexOf(':', start);
  const other = /^([A-Za-z]+):/.exec(text.text)?.[1];
  if (protocol === undefined && other !== undefined) {
    const lower = other.toLowerCase();
    into.problem(text.slice(0, other.length), `"${shortened(other)}" is not a protocol; use tcp or udp`, {
      instead: lower === 'tcp' || lower === 'udp' ? lower : undefined,
    });
    return;
  }
  if (colon < 0) {
    const rewrite = portByPort(text.text.slice(0, start), text.text.slice(start));
    if (rewrite !== undefined) into.problem(text.slice(start), rangeOfPorts, { rewrite });
    else take(text.slice(start), text.length > start ? portNumber : { ...portNumber, offers: () => pairOfPorts }, into, 'host port');
    return;
  }
  into.part(text.slice(colon, colon + 1), 'operator');
  const host = take(text.slice(start, colon), portNumber, into, 'host port');
  if (host !== undefined) take(text.slice(colon + 1), { ...portNumber, offers: () => services }, into, 'container port');
}, 'protocol:host port:container port');
