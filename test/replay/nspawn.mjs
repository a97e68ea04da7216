// What a real systemd-nspawn says about `.nspawn` files: load, then verification of the result, in both ways of starting.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** @typedef {'trusted' | 'untrusted'} Trust */
/** @typedef {{ line: number | null, text: string }} Message `line` counts from 1; null: not about a line */
/**
 * @typedef {object} Verdict
 * @property {boolean} fatal nspawn stops at the file itself
 * @property {Message[]} messages what it says while it reads the file, in order
 * @property {{ fatal: boolean, messages: Message[] } | null} verify what it says of the result; null when there is none
 */
/**
 * A file, as a line of a table of cases. One of `content`, `contentBase64` (no UTF-8) and `contentParts` (text, how often) is set.
 * @typedef {object} Case
 * @property {string} id @property {Trust} [trust] default: trusted
 * @property {string} [content] @property {string} [contentBase64] @property {[string, number][]} [contentParts]
 */

/** @param {Case} c @returns {Buffer} */
export const contentOf = ({ content = '', contentBase64, contentParts }) =>
  contentBase64 !== undefined
    ? Buffer.from(contentBase64, 'base64')
    : Buffer.from(contentParts?.map(([text, times]) => text.repeat(times)).join('') ?? content);

/** @param {Case} c @returns {Trust} */
export const trustOf = ({ trust = 'trusted' }) => trust;

/**
 * Asks the systemd-nspawn of a system about cases. Needs root.
 * @param {readonly Case[]} cases with ids that are different for each trust
 * @param {{ folder?: string, run?: (argv: readonly string[]) => Promise<{ code: number, stderr: string }> }} [where] default: this
 *   system. `run` runs a program in another one, such as a rig, that has `folder` at the same path; not below /run
 * @returns {Promise<{ release: number, said: { command: Verdict, unit: Verdict }[] }>} in the order of the cases
 * @throws when it says something that is not known here: then `classify` has to learn it
 */
export async function ask(cases, { folder = tmpdir(), run = here } = {}) {
  const own = mkdtempSync(path.join(folder, 'nspawn-replay-'));
  try {
    mkdirSync(path.join(own, 'in'));
    const names = cases.map((c, i) => `${i}.${trustOf(c)}`);
    cases.forEach((c, i) => writeFileSync(path.join(own, 'in', names[i] ?? ''), contentOf(c)));
    const script = path.join(own, 'nspawn.sh');
    copyFileSync(new URL('nspawn.sh', import.meta.url), script);
    const { code, stderr } = await run(['bash', script, own]);
    if (code !== 0) throw new Error(`nspawn.sh: exit status ${code}\n${stderr}`);
    const read = (name) => readFileSync(path.join(own, 'out', name), 'utf8');
    const said = (name, launch) => classify(read(`${name}.${launch}`), name);
    return {
      release: Number(/^systemd (\d+)/.exec(read('release'))?.[1]),
      said: names.map((name) => ({ command: said(name, 'command'), unit: said(name, 'unit') })),
    };
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

/** @param {readonly string[]} argv */
const here = async ([program = '', ...args]) => {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'inherit', 'pipe'] });
  return { code: status ?? 1, stderr };
};

const file = /\/run\/(systemd\/nspawn|replay)\/x\.nspawn/g;
/** Ends the reading of the file (v262 conf-parser.c config_parse). */
const ends = /^(Failed to parse file|(Continuation l|L)ine too long)/;
/** Logged while the file is read, but for no line (v262 nspawn.c merge_settings, nspawn-network.c). */
const ofNoLine = /^Ignoring .* not trusted\.$|interface name not valid: |^Failed to extract first word in .*interface parameter/;
/** Logged about the result, and fatal (v262 nspawn.c verify_arguments, custom_mount_check_all). */
const verification = new RegExp(
  [
    'may not be combined',
    'cannot be combined with',
    '^AmbientCapability= ',
    '^Cannot use --',
    '^--bind-user= requires',
    '^--private-users-delegate= requires',
    'requires private networking',
    'Mounting sysfs with --private-users',
    'read-write API VFS mounts',
    'requires managed user namespaces',
  ].join('|'),
);
/** Logged later: about the empty directory, about interfaces and services that are not there, and notices of a change to come. */
const later = new RegExp(
  [
    "doesn't look like",
    'os-release',
    'Failed to (connect to|allocate).*nsresource',
    'nsresourced',
    'Failed to (get|resolve) (device|interface)',
    'No such device',
    '^Network interface .* is not initialized',
    'RestrictAddressFamilies',
    '^Spawning container',
    '^Press ',
    'address famil',
  ].join('|'),
);

/**
 * @param {string} output @param {string} name for the error
 * @returns {Verdict}
 */
export function classify(output, name) {
  const messages = [],
    verify = [];
  let fatal = false;
  for (const line of output.replaceAll(file, 'FILE').split('\n')) {
    const [, number, rest] = /^FILE:(\d+): (.*)$/s.exec(line) ?? [];
    const text = rest ?? line;
    if (text === '') continue;
    if (number !== undefined) {
      messages.push({ line: Number(number), text });
      fatal ||= ends.test(text);
    } else if (ofNoLine.test(text)) messages.push({ line: null, text });
    else if (verification.test(text)) verify.push({ line: null, text });
    else if (!later.test(text)) throw new Error(`${name}: nspawn says something unknown: ${text}`);
  }
  return { fatal, messages, verify: fatal ? null : { fatal: verify.length > 0, messages: verify } };
}
