import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BusError, type BusErrorKind } from '../dbus/bus';
import { busOverSsh, ProcessStream, sshFailure } from './ssh-stream';

describe('A connection over ssh', () => {
  let folder: string;
  const searched = process.env['PATH'];
  /** Puts a program called ssh in front of all others. */
  const pretend = (script: string): void => {
    writeFileSync(path.join(folder, 'ssh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    process.env['PATH'] = `${folder}:${searched ?? ''}`;
  };
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-ssh-'));
  });
  afterEach(() => {
    process.env['PATH'] = searched;
  });
  after(() => rmSync(folder, { recursive: true }));

  const fails = async (script: string): Promise<BusError> => {
    pretend(script);
    const error: unknown = await busOverSsh('me@far').then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof BusError, String(error));
    return error;
  };

  it('says that nobody may log in, and what to do', async () => {
    const { kind, message } = await fails('echo "me@far: Permission denied (publickey,password)." >&2; exit 255');
    assert.equal(kind, 'denied');
    assert.match(message, /me@far.*ssh-copy-id.*terminal.*Permission denied/);
  });

  it('says that there is no bridge', async () => {
    const { kind, message } = await fails('exec no-such-program');
    assert.equal(kind, 'absent');
    assert.match(message, /me@far has no systemd-stdio-bridge/);
  });

  it('says that what answers is no bus', async () => {
    const { kind, message } = await fails('echo Welcome to this computer; cat >/dev/null');
    assert.equal(kind, 'denied');
    assert.match(message, /me@far.*Welcome to this computer.*shell/);
    assert.equal((await fails('head -c 100000 /dev/zero; sleep 100')).kind, 'garbled');
    assert.equal((await fails('exit 0')).kind, 'absent');
  });

  it('is given the destination behind "--" and one command', async () => {
    const { message } = await fails('for word; do printf "%s|" "$word" >&2; done; exit 255');
    assert.match(message, /\|--\|me@far\|systemd-stdio-bridge\|/);
  });

  it('says why, in each case that ssh knows', () => {
    const cases: readonly (readonly [status: number | null, said: string, kind: BusErrorKind, message: RegExp])[] = [
      [
        255,
        'No ED25519 host key is known for far and you have requested strict checking.\r\nHost key verification failed.\r\n',
        'denied',
        /host key of \S+ is not known.*terminal/,
      ],
      [
        255,
        '@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.\n',
        'denied',
        /host key of \S+ has changed.*ssh-keygen -R/,
      ],
      [255, 'me@far: Permission denied (publickey).', 'denied', /ssh-copy-id/],
      [255, 'Received disconnect from 1.2.3.4: 2: Too many authentication failures', 'denied', /ssh-add/],
      [255, 'ssh: Could not resolve hostname far: Name or service not known', 'absent', /cannot be reached \(.*resolve/],
      [255, 'ssh: connect to host far port 22: Connection refused', 'absent', /refused/],
      [255, '', 'absent', /^far cannot be reached\. /],
      [127, 'bash: line 1: systemd-stdio-bridge: command not found', 'absent', /Install systemd/],
      [1, '', 'absent', /ended with status 1\. Check that systemd is running/],
      [null, '', 'closed', /The connection to far/],
    ];
    for (const [status, said, kind, message] of cases) {
      const error = sshFailure('far', status, said);
      assert.equal(error.kind, kind, said);
      assert.match(error.message, message);
      assert.match(error.message, /far/);
    }
    assert.doesNotMatch(sshFailure('far', 255, `\x1b[31m${'x'.repeat(9000)}\u202e\n`).message, /\p{C}|x{400}/u);
  });

  it('keeps the end of what floods stderr, whatever the other side says, and waits for nobody', async () => {
    const { kind, message } = await fails(
      'head -c 50000000 /dev/zero | tr "\\0" "\\033" >&2; printf "\\033]0;x\\007\\342\\200\\256the last words" >&2; exit 255',
    );
    assert.equal(kind, 'absent');
    assert.match(message, /the last words/);
    assert.ok(message.length < 600 && !/\p{C}/u.test(message), message);
    // It never ends by itself: noise on both.
    assert.equal((await fails('yes >&2 & yes; wait')).kind, 'garbled');
  });

  it('leaves no process behind that does not want to end', async () => {
    const child = spawn('sh', ['-c', 'trap "" TERM; echo ready; while :; do sleep 0.1; done']);
    const gone = new Promise<string | null>((resolve) => child.on('exit', (_, signal) => resolve(signal)));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    new ProcessStream(child, () => new Error('never said')).destroy();
    assert.equal(await gone, 'SIGKILL');
  });

  it('carries both ways, and ends with the process', async () => {
    const stream = new ProcessStream(spawn('cat'), (status) => new Error(`ended ${String(status)}`));
    const big = Buffer.alloc(1 << 20, 'x');
    let back = 0;
    const all = new Promise<void>((resolve) =>
      stream.on('data', (chunk: Buffer) => {
        back += chunk.length;
        if (back === big.length) resolve();
      }),
    );
    stream.write(big);
    await all;
    const ended = new Promise<Error>((resolve) => stream.on('error', resolve));
    stream.end();
    assert.equal((await ended).message, 'ended 0');
  });

  it('takes the process along', async () => {
    const child = spawn('sleep', ['1000']);
    const gone = new Promise<string | null>((resolve) => child.on('exit', (_, signal) => resolve(signal)));
    new ProcessStream(child, () => new Error('never said')).destroy();
    assert.equal(await gone, 'SIGTERM');
  });
});
