import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

/** The checker as other programs run it: one file, far from node_modules. */
describe('checker', () => {
  let folder: string, cli: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'nspawn-checker-'));
    cli = path.join(folder, 'cli.js');
    copyFileSync('server/dist/cli.js', cli);
  });
  after(() => rmSync(folder, { recursive: true }));

  const check = (...args: string[]) => spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8' });
  const put = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return name;
  };

  it('prints the JSON of its contract', () => {
    const { status, stdout } = check(
      'check',
      '--format',
      'json',
      put('a.nspawn', '[Exec]\nBöot=1\n'),
      put('good.nspawn', '[Exec]\nBoot=yes\n'),
    );
    assert.equal(status, 1);
    assert.deepEqual(JSON.parse(stdout), {
      files: [
        {
          path: 'a.nspawn',
          kind: 'nspawn',
          diagnostics: [
            {
              range: { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } },
              severity: 'warning',
              code: 'unknown-setting',
              verdict: 'warned',
              message: 'systemd-nspawn 262 has no setting Böot= in [Exec]; did you mean Boot=?',
              fixes: ['Change to Boot='],
            },
          ],
        },
        { path: 'good.nspawn', kind: 'nspawn', diagnostics: [] },
      ],
    });
  });

  it('exits 0, 1 and 2 for nothing, something and misuse, with one line on standard error', () => {
    assert.equal(check('check', put('good.nspawn', '[Exec]\nBoot=yes\n')).status, 0);
    assert.equal(check('check', put('bad.nspawn', '[Exec]\nBoot=maybe\n')).status, 1);
    for (const args of [
      ['check'],
      ['check', 'absent.nspawn'],
      ['chek'],
      ['check', '--systemd', 'x', '.'],
      ['check', '--format', 'xml', '.'],
      ['check', '--no', '.'],
    ]) {
      const { status, stderr } = check(...args);
      assert.equal(status, 2, args.join(' '));
      assert.equal(stderr.trim().split('\n').length, 1, args.join(' '));
    }
  });

  it('judges standard input as the file that it will be', () => {
    const fed = (input: string, ...args: string[]) => {
      const { status, stdout } = spawnSync(process.execPath, [cli, 'check', ...args, '-'], { cwd: folder, encoding: 'utf8', input });
      return [status, stdout];
    };
    assert.deepEqual(fed('[Exec]\nBoot=yes\n'), [0, '']);
    assert.deepEqual(fed('[Exec]\nBoot=maybe\n'), [1, '-:2:6: warning: Boot=: "maybe" is not valid here; use yes or no [bad-value]\n']);
    assert.match(
      String(fed('[Files]\nBind=/a\n', '--stdin-filename', '/var/lib/machines/x.nspawn')[1]),
      /^\/var\/lib\/machines\/x\.nspawn:2:1: warning: Bind= is ignored/,
    );
    assert.deepEqual(fed('[Files]\nBind=/a\n', '--stdin-filename', '/var/lib/machines/x.nspawn', '--trust', 'trusted')[0], 0);
    const [, json] = fed('[Output]\nFormat=dsk\n', '--stdin-filename', 'mkosi.conf', '--format', 'json');
    assert.deepEqual(
      (JSON.parse(String(json)) as { files: { kind: string }[] }).files.map((f) => f.kind),
      ['mkosi'],
    );
  });

  it('takes a named file by its sections when its name says nothing, and none that is of another kind', () => {
    put('web.txt', '[Exec]\nBoot=maybe\n');
    assert.match(check('check', 'web.txt').stdout, /^web\.txt:2:6: warning: Boot=/);
    put('included', '[Output]\nFormat=dsk\n');
    assert.match(check('check', 'included').stdout, /^included:2:8: warning: .*Format=/); // no mkosi.conf includes it
    put('x.network', '[Match]\nName=host0\n[Network]\nDHCP=yes\n');
    put('y.service', '[Exec]\nBoot=maybe\n');
    put('notes.txt', 'Boot=maybe\n');
    for (const verb of ['check', 'format']) {
      for (const name of ['x.network', 'y.service', 'notes.txt']) {
        const { status, stdout, stderr } = check(verb, name);
        assert.deepEqual([status, stdout], [2, ''], name);
        assert.equal(stderr.trim().split('\n').length, 1, stderr);
        assert.ok(stderr.startsWith(`${name}: This is not a .nspawn or mkosi file`), stderr);
        assert.match(stderr, /--stdin-filename/);
      }
    }
    const input = '[Exec]\nBoot=maybe\n';
    const fed = (...args: string[]) => spawnSync(process.execPath, [cli, 'check', ...args, '-'], { cwd: folder, encoding: 'utf8', input });
    const other = fed('--stdin-filename', 'y.service');
    assert.deepEqual([other.status, other.stdout], [2, '']);
    assert.match(other.stderr, /^y\.service: This is not a \.nspawn or mkosi file/);
    assert.equal(fed('--stdin-filename', 'y.nspawn').status, 1);
    // Another file that is ours is checked all the same, and a folder reports nothing about other files.
    const both = check('check', 'web.txt', 'x.network');
    assert.deepEqual([both.status, both.stdout.startsWith('web.txt:2:6')], [2, true]);
  });

  it('combines a file with the switches of the unit, or of a bare command', () => {
    put('port.nspawn', '[Network]\nPort=80\n');
    assert.equal(check('check', 'port.nspawn').status, 0);
    const { status, stdout } = check('check', '--launch', 'command', 'port.nspawn');
    assert.deepEqual([status, /error: nspawn will not start: Port= needs a private network/.test(stdout)], [1, true]);
  });

  it('trusts a file by its place, or as it is told', () => {
    put('ports.nspawn', '[Files]\nBind=/a\n');
    assert.equal(check('check', 'ports.nspawn').status, 0);
    assert.equal(check('check', '--trust', 'untrusted', 'ports.nspawn').status, 1);
    for (const [option, value] of [
      ['--trust', 'perhaps'],
      ['--launch', 'rocket'],
      ['--mkosi', '-1'],
    ] as const) {
      const wrong = check('check', option, value, 'ports.nspawn');
      assert.deepEqual([wrong.status, wrong.stdout], [2, ''], option);
      assert.ok(wrong.stderr.includes(option), wrong.stderr);
    }
  });

  it('tells one line of output from another by file, line and column, and finds nothing in a folder without files of ours', () => {
    put('two.nspawn', '[Exec]\nBoot=yes\n\nKillSignal=sigterm\n');
    assert.equal(
      check('check', 'two.nspawn').stdout,
      'two.nspawn:4:12: warning: KillSignal=: Names of signals are written in capitals [bad-value]\n',
    );
    const empty = mkdtempSync(path.join(folder, 'empty-'));
    const { status, stdout } = check('check', '--format', 'json', empty);
    assert.deepEqual([status, JSON.parse(stdout)], [0, { files: [] }]);
  });

  it('judges by the release it is told', () => {
    put('new.nspawn', '[Exec]\nSuppressSync=yes\n');
    assert.equal(check('check', 'new.nspawn').status, 0);
    assert.equal(check('check', '--systemd', '240', 'new.nspawn').status, 1);
  });

  it('prints SARIF for code scanning', () => {
    const { stdout } = check('check', '--format', 'sarif', 'bad.nspawn');
    const {
      version,
      runs: [run],
    } = JSON.parse(stdout) as {
      version: string;
      runs: {
        results: {
          ruleId: string;
          level: string;
          properties: object;
          locations: { physicalLocation: { region: { startLine: number; startColumn: number } } }[];
        }[];
      }[];
    };
    assert.equal(version, '2.1.0');
    assert.deepEqual(
      run?.results.map((r) => [r.ruleId, r.level, r.properties, r.locations[0]?.physicalLocation.region.startLine]),
      [['bad-value', 'warning', { verdict: 'warned' }, 2]],
    );
  });

  it('finds the files of a folder', () => {
    const { stdout } = check('check', '--format', 'json', '.');
    const { files } = JSON.parse(stdout) as { files: { path: string }[] };
    assert.deepEqual(
      files.map((f) => f.path).filter((p) => p === 'cli.js'),
      [],
    );
    assert.ok(files.some((f) => f.path === 'good.nspawn'));
  });

  it('prints findings for people', () => {
    assert.match(check('check', 'bad.nspawn').stdout, /^bad\.nspawn:2:\d+: warning: .* \[[a-z-]+\]\n$/);
  });

  it('speaks LSP to any editor', async () => {
    const server = spawn(process.execPath, [cli, '--stdio']);
    const say = (m: object): void => {
      const text = JSON.stringify({ jsonrpc: '2.0', ...m });
      server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    };
    const textDocument = { uri: 'file:///x.nspawn' };
    say({ id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } });
    say({ method: 'initialized', params: {} });
    say({
      method: 'textDocument/didOpen',
      params: { textDocument: { ...textDocument, languageId: 'nspawn', version: 1, text: '[Exec]\nBo' } },
    });
    say({ id: 2, method: 'textDocument/completion', params: { textDocument, position: { line: 1, character: 2 } } });
    let out = '';
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    while (!/"label":"Boot"/.test(out) || !/"textDocument\/publishDiagnostics"/.test(out)) await once(server.stdout, 'data');
    say({ id: 3, method: 'shutdown' });
    say({ method: 'exit' });
    // The pipe stays open: a client that is gone ends the server at once.
    const [status] = (await once(server, 'close')) as [number];
    assert.equal(status, 0);
  });
});
