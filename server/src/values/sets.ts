import { has, type NspawnVocabulary, similar, systemCalls, vocabulary, wordsOf } from '../schema';
import { shortened, type Text } from '../syntax';
import { type Atom, list, oneOf, single, take } from './combinators';
import { extractWord, extractWords, plainWords, unfinishedMessage, whitespace } from './extract';
import { type Grammar, grammar, type Reading, type Rewrite } from './grammar';
import { int32, number, parseNumber, uint32 } from './numbers';
import { fixed } from './words';

/** One word of a vocabulary, of the release that reads it. */
function named(name: NspawnVocabulary, what: string, equal: (a: string, b: string) => boolean = (a, b) => a === b): Atom {
  return {
    read(text, { edition }) {
      const word = wordsOf(name, edition.version).find((w) => equal(w.word, text));
      if (word !== undefined) return { role: 'keyword', word: word.word };
      const later = vocabulary[name].find((w) => equal(w.word, text) && !has(w, edition.version));
      return later === undefined ? undefined : { fault: `${later.word} is known since systemd ${later.since ?? ''} only` };
    },
    expects: () => what,
    offers: ({ edition }) => wordsOf(name, edition.version).map((w) => ({ word: w.word })),
  };
}

const withoutCase = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** `all`, for all capabilities, since systemd 244. */
const allCapabilities: Atom = {
  read: (text, asked) =>
    text !== 'all'
      ? undefined
      : asked.edition.version >= 244
        ? { role: 'keyword', word: 'all' }
        : { fault: '"all" is known since systemd 244 only' },
  expects: () => '',
  offers: (asked) => (asked.edition.version >= 244 ? (fixed.offers?.(asked) ?? []) : []),
};

/** A capability by its number: up to 63 between 246 and 253, before that a known one (capability-list.c). */
const capabilityNumber: Atom = {
  read(text, { edition: { version } }) {
    const n = parseNumber(text, int32, version);
    if (n === undefined) return undefined;
    const known = wordsOf('capabilities', version);
    const last = version >= 254 ? 62 : version >= 246 ? 63 : version >= 236 ? known.length - 1 : 63;
    if (n === 'range' || n < 0n || n > BigInt(last))
      return { fault: `There is no capability ${shortened(text)}; use a name such as CAP_NET_ADMIN` };
    const word = known.find((w) => w.number === Number(n))?.word;
    return { role: 'number', number: Number(n), ...(word === undefined ? {} : { word }) };
  },
  expects: () => '',
};

const capability: Atom = withPrefix(
  'CAP_',
  oneOf(allCapabilities, capabilityNumber, named('capabilities', 'names such as CAP_NET_ADMIN, separated by spaces', withoutCase)),
);

/** Reports a forgotten prefix, commas between words, and a negation of what cannot be negated. */
function withPrefix(prefix: string, atom: Atom): Atom {
  return {
    ...atom,
    read(text, asked) {
      const result = atom.read(text, asked);
      if (result !== undefined && !('fault' in result)) return result;
      const known = atom.offers?.(asked).map((o) => o.word) ?? [];
      if (text.includes(',')) {
        const words = text
          .split(',')
          .map((w) => w.trim())
          .filter((w) => w !== '');
        if (words.length > 0) return { fault: 'Words are separated by spaces here, not by commas', instead: words.join(' ') };
      }
      const full = known.find((w) => withoutCase(w, prefix + text));
      return full === undefined ? result : { fault: `"${shortened(text)}" lacks its ${prefix}`, instead: full };
    },
  };
}

export const capabilities: Grammar = grammar(
  list(
    plainWords,
    (word, into) => {
      take(word, capability, into, 'capability', 'skipped');
      return true;
    },
    capability,
    'capability',
  ),
  'capability ...',
);

/** Signals: names with or without SIG, numbers, real-time ones from both ends (v262 signal-util.c:62). */
const signal: Atom = {
  read(text, { edition: { version } }) {
    const n = parseNumber(text, int32, version);
    if (n !== undefined) {
      const signo = n === 'range' ? 0 : Number(n);
      if (signo < 1 || signo > 64) return { fault: `There is no signal ${shortened(text)}; use 1 to 64 or a name such as SIGTERM` };
      const word = vocabulary.signals.find((w) => w.number === signo)?.word;
      return { role: 'number', number: signo, ...(word === undefined ? {} : { word }) };
    }
    const name = text.startsWith('SIG') ? text.slice(3) : text;
    const plain = vocabulary.signals.find((w) => w.word === name);
    if (plain !== undefined && (plain.range === undefined || version >= 239)) return { role: 'keyword', word: name };
    const realTime = /^(RTMIN|RTMAX)([+-].*)$/.exec(name);
    if (realTime !== null && (version >= 239 || realTime[1] === 'RTMIN')) {
      const by = parseNumber(realTime[2] ?? '', int32, version);
      const far = typeof by === 'bigint' ? (realTime[1] === 'RTMIN' ? by : -by) : -1n;
      return far >= 0n && far <= 30n
        ? { role: 'keyword', word: realTime[1] ?? '' }
        : { fault: 'Real-time signals are RTMIN+0 to RTMIN+30 and RTMAX-0 to RTMAX-30' };
    }
    const upper = text.toUpperCase().replace(/^SIG/, '');
    return vocabulary.signals.some((w) => w.word === upper)
      ? { fault: 'Names of signals are written in capitals', instead: `SIG${upper}` }
      : undefined;
  },
  expects: () => 'a signal such as SIGTERM, SIGRTMIN+3 or 15',
  offers: ({ edition: { version } }) =>
    vocabulary.signals.flatMap((w) => {
      const plain = { word: `SIG${w.word}` },
        sample = w.word === 'RTMIN' ? 'SIGRTMIN+3' : 'SIGRTMAX-1';
      if (w.range === undefined) return [plain];
      return [...(version >= 239 ? [plain] : []), ...(version >= 239 || w.word === 'RTMIN' ? [{ word: sample, sample: true }] : [])];
    }),
};
export const signals: Grammar = grammar(single(signal, 'signal'));

/** The architecture of the machine that checks: nspawn takes its own and the related 32-bit one. */
const native = { x64: 'x86-64', arm64: 'arm64', ppc64: 'ppc64-le', s390x: 's390x' }[process.arch as string] ?? 'x86-64';
/** What other programs call them. */
const otherNames: Readonly<Partial<Record<string, string>>> = {
  x86_64: 'x86-64',
  amd64: 'x86-64',
  i386: 'x86',
  i686: 'x86',
  aarch64: 'arm64',
  armhf: 'arm',
  armv7l: 'arm',
  ppc64le: 'ppc64-le',
  ppc64el: 'ppc64-le',
};
const architecture: Atom = {
  read(text) {
    const meant = otherNames[text];
    if (meant !== undefined) return { fault: `systemd calls ${text} ${meant}`, instead: meant };
    const word = vocabulary.architectures.find((w) => w.word === text);
    if (word === undefined) return undefined;
    if (word.word === native || word.secondaryOf === native) return { role: 'keyword', word: text };
    return { fault: `A ${native} machine cannot run ${text}; use ${native} or x86` };
  },
  expects: () => vocabulary.architectures.filter((w) => w.word === native || w.secondaryOf === native).map((w) => w.word),
  offers: () => vocabulary.architectures.filter((w) => w.word === native || w.secondaryOf === native).map(({ word }) => ({ word })),
};
export const personality: Grammar = grammar(single(architecture, 'architecture'));

/** System calls and groups; nspawn looks at the names only when it starts the machine. */
const systemCall: Atom = {
  read(text, { edition: { version } }) {
    if (text.startsWith('@')) {
      const group = wordsOf('syscallGroups', version).find((w) => w.word === text);
      return group === undefined ? { fault: unknownGroup(text, version), effect: 'silent' } : { role: 'keyword', word: text };
    }
    if (text.startsWith('~')) {
      return {
        fault: 'Only a ~ at the very beginning inverts the list; put allowed and denied calls on lines of their own',
        effect: 'silent',
      };
    }
    const errno = /^([^:]+):/.exec(text)?.[1];
    if (errno !== undefined)
      return { fault: 'An error number is not supported here, unlike in unit files', instead: errno, effect: 'silent' };
    if (text.includes(',')) {
      return {
        fault: 'Words are separated by spaces here, not by commas',
        instead: text.split(',').join(' ').trim(),
        effect: 'silent',
      };
    }
    if (systemCalls.has(text)) return { role: 'name' };
    const group = wordsOf('syscallGroups', version).find((w) => w.word === `@${text}`)?.word;
    const instead = group ?? similar(text, systemCalls);
    return {
      fault: `There is no system call "${shortened(text)}"; nspawn silently ignores it`,
      effect: 'silent',
      ...(instead === undefined ? {} : { instead }),
    };
  },
  expects: () => 'system calls and @groups',
  offers: ({ edition }) => [
    ...wordsOf('syscallGroups', edition.version).map(({ word }) => ({ word })),
    ...[...systemCalls].map((word) => ({ word, detail: 'system call' })),
  ],
};

/** What a list with a ~ before some of its words is meant to say: two lists. */
function allowedAndDenied(list: string): readonly string[] {
  const words = list.split(/\s+/).filter((w) => w !== ''),
    name = (w: string): string => w.replace(/^~/, '');
  if (list.startsWith('~')) return [`~${words.map(name).join(' ')}`];
  const allowed = words.filter((w) => !w.startsWith('~')).join(' '),
    denied = words
      .filter((w) => w.startsWith('~'))
      .map(name)
      .join(' ');
  return [allowed, `~${denied}`].filter((l) => l !== '');
}

function unknownGroup(text: string, version: number): string {
  const since = vocabulary.syscallGroups.find((w) => w.word === text)?.since;
  return since !== undefined && since > version
    ? `The group ${text} is known since systemd ${since} only`
    : `There is no group ${shortened(text)}`;
}
export const syscallFilter: Grammar = grammar((text, into) => {
  const negative = text.text.startsWith('~');
  if (negative) into.part(text.slice(0, 1), 'operator', { label: 'inversion' });
  let apart: Rewrite | undefined; // made once, for it is as long as the value
  const split = (): Rewrite => (apart ??= { title: 'Write denied calls in a line of their own', values: allowedAndDenied(text.text) });
  list(
    plainWords,
    (word, reading) => {
      const inverted: Atom = { ...systemCall, read: (call, asked) => ({ fault: '', ...systemCall.read(call, asked), rewrite: split() }) };
      take(word, word.text.startsWith('~') ? inverted : systemCall, reading, 'system call');
      return true;
    },
    systemCall,
    'system call',
    'dropped',
  )(text.slice(negative ? 1 : 0), into);
}, '~system call ...');

const unquotedWords = { ...plainWords, unquote: true };
const addressFamily = withPrefix('AF_', named('addressFamilies', 'names such as AF_INET, AF_INET6 and AF_UNIX', withoutCase));
/** nspawn drops the line of a family that it does not know, but has begun to allow only what it has read so far. */
const allowedFamily: Atom = {
  ...addressFamily,
  read(text, asked) {
    const result = addressFamily.read(text, asked);
    if (result !== undefined && !('fault' in result)) return result;
    const fault = result?.fault ?? `"${shortened(text)}" is not valid here; use names such as AF_INET, AF_INET6 and AF_UNIX`;
    return { ...result, fault: `${fault}. The line is ignored, but every family not read before it is denied anyway` };
  },
};
/** `none`, or a list that `~` turns into a list of what is denied (v262 parse-helpers.c parse_address_families). */
export const addressFamilies: Grammar = grammar((text, into) => {
  if (text.text === 'none') {
    take(text, fixed, into, 'none');
    return;
  }
  if (text.length === 0 || !/[ ~]/.test(text.text)) into.place(text, () => fixed.offers?.(into.asked) ?? []);
  const negative = text.text.startsWith('~');
  if (negative) into.part(text.slice(0, 1), 'operator', { label: 'inversion' });
  list(
    unquotedWords,
    (word, reading) => take(word, negative ? addressFamily : allowedFamily, reading, 'family', 'dropped') !== undefined,
    addressFamily,
    'family',
    'dropped',
  )(text.slice(negative ? 1 : 0), into);
}, '~family ...');

/** CPU numbers and ranges. A bad one was fatal up to 257, since then only the word is left out (cpu-set-util.c:220). */
export const cpuSet: Grammar = grammar((text, into) => {
  const cut = { separators: `${whitespace},`, coalesce: true, unquote: true };
  const { words, unfinished } = extractWords(text, cut);
  if (words.length <= 1) into.place(words[0] ?? text, () => cpus.offers?.(into.asked) ?? []);
  for (const word of words) cpuRange(word, into);
  if (unfinished !== undefined) {
    into.problem(unfinished.at, unfinishedMessage(unfinished), { effect: into.version < 258 ? 'fatal' : 'dropped' });
  }
}, 'first-last ...');

const cpuNumber = number(uint32, 'CPU numbers and ranges such as 0-3,8');
const cpus: Atom = {
  ...cpuNumber,
  offers: () => [
    { word: '0', sample: true, detail: 'the first processor' },
    { word: '0-3', sample: true, detail: 'the first four' },
  ],
};

function cpuRange(word: Text, into: Reading): void {
  const bad = into.version < 258 ? 'fatal' : 'skipped';
  const cutOut = extractWord(word, 0, { separators: '-', coalesce: false });
  if (cutOut === undefined || 'unfinished' in cutOut) {
    into.problem(word, 'Use CPU numbers and ranges such as 0-3,8', { effect: bad });
    return;
  }
  const last = cutOut.next === undefined ? undefined : word.slice(cutOut.next);
  const low = number32(cutOut.word, into.version),
    high = last === undefined ? low : number32(last, into.version);
  if (low === undefined || high === undefined) {
    take(low === undefined ? cutOut.word : (last ?? word), cpuNumber, into, undefined, bad);
    return;
  }
  if (low > high) {
    into.problem(word, `The range runs backwards; write ${high}-${low}`, {
      instead: `${high}-${low}`,
      effect: 'skipped',
    });
    return;
  }
  const limit = into.version < 243 ? 1023 : 8191;
  if (high > limit && !(into.version < 258 && into.version >= 243 && low === 0xffffffff)) {
    into.problem(word, `CPU numbers end at ${limit}`, { effect: bad });
    return;
  }
  into.part(cutOut.word, 'number', { label: 'first', number: low });
  if (last !== undefined) into.part(last, 'number', { label: 'last', number: high });
}

function number32(text: Text, version: number): number | undefined {
  const n = parseNumber(text.text, uint32, version);
  return typeof n === 'bigint' ? Number(n) : undefined;
}
