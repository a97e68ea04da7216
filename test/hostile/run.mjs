// A hostile workspace (workspace.mjs) under the checker, in a language server over stdio, and in a real VS Code, not trusted and trusted:
// good files are checked as usual, nothing ends or fills up, nothing is executed and nothing is given away. Screenshots of the windows are
// in artifacts/hostile.
//   node test/hostile/run.mjs [--only checker|server|untrusted|trusted]
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { vsixPath } from '../../tools/package.mjs';
import { root } from '../../tools/setup.mjs';
import { installVSCode } from '../rig/vscode/install.mjs';
import { finish } from '../support/results.mjs';
import { scenarios } from '../support/scenarios.mjs';
import { hostileWorkspace, secret } from './workspace.mjs';

const {
  values: { only },
} = parseArgs({ options: { only: { type: 'string' } } });
const cli = path.join(root, 'server/dist/cli.js'),
  shots = path.join(root, 'artifacts/hostile');
let workbench, hostile;
const { counts, step, skip, attempt } = scenarios(() => workbench, only !== undefined);

/** Runs steps in a workspace of their own. */
async function scenario(name, how, steps, end = () => Promise.resolve()) {
  if (only !== undefined && only !== name) return;
  let folder;
  await attempt(
    `hostile ${name}`,
    async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'nspawn-hostile-'));
      hostile = await hostileWorkspace(path.join(folder, 'workspace'), how);
      for (const reason of hostile.absent) skip(`not made: ${reason}`);
      await steps();
    },
    async (well) => {
      await end(well);
      hostile?.remove();
      rmSync(folder, { recursive: true, force: true });
    },
  );
}

// However this ends, nothing stays mounted.
process.on('exit', () => hostile?.remove());
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

const at = (name) => path.join(hostile.folder, name);
/** Whether a name of the workspace leads to no file system that could not be made here. */
const made = (name) => !hostile.absent.some((reason) => name.startsWith(`bad/${/^the file system (\w+):/.exec(reason)?.[1] ?? '/'}`));
const unharmed = () => assert.equal(existsSync(hostile.mark), false, 'a script of the workspace was executed');

/** The most memory that a process has held so far, in MiB. */
const peakOf = (pid) => Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Runs the checker there. @returns {Promise<{ status: number | null, stdout: string, stderr: string, peak: number, took: number }>} */
async function run(...args) {
  const began = Date.now();
  const child = spawn('node', [cli, ...args], {
    cwd: hostile.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TOKEN: secret },
  });
  let stdout = '',
    stderr = '',
    peak = 0;
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const watch = setInterval(() => {
    try {
      peak = Math.max(peak, peakOf(child.pid));
    } catch {
      /* it has just ended */
    }
  }, 20);
  const timer = setTimeout(() => child.kill('SIGKILL'), 240_000);
  const status = await new Promise((resolve) => {
    child.once('close', resolve);
  });
  clearInterval(watch);
  clearTimeout(timer);
  const seen = { status, stdout, stderr, peak, took: Date.now() - began };
  console.log(`  ${args.join(' ')}: ${seen.took} ms, ${Math.round(peak)} MiB`);
  return seen;
}

/** What a person may see: nothing given away, nothing that a terminal or a build server obeys. */
function decent({ stdout, stderr }) {
  for (const text of [stdout, stderr]) {
    assert.equal(text.includes(secret), false, 'a secret is told');
    assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f\u200b\u202e]/, 'a sign that is not seen is printed');
    assert.doesNotMatch(text, /^::/m, 'a line is forged');
  }
}

/** Projects, the exit status of migrate there, and what it says. */
const migrated = [
  ['good', 1, /^$/],
  ['bad/brackets', 1, /^$/],
  ['bad/list', 0, /^$/],
  ['bad/pattern', 0, /^$/],
  ['bad/circle', 0, /^$/],
  ['bad/loops', 0, /^$/],
  ['bad/everything', 0, /^$/],
  ['bad/scripts', 0, /^$/],
  ['bad/include-fifo', 0, /^$/],
  ['bad/names', 1, /^$/],
  ['bad/include-zero', 2, /device, not a regular file/],
  ['bad/fifos', 2, /FIFO, not a regular file/],
  ['bad/parent', 2, /FIFO, not a regular file/],
  ['bad/dropin-random', 2, /leads out of/],
  ['bad/secrets', 2, /leads out of/],
  ['bad/real', 2, /larger than 4 MiB/],
  ['bad/sparse', 2, /larger than 4 MiB/],
  ['bad/many', 2, /more than 100000 files/],
  ['bad/deep', 2, /deeper than 64/],
  ['bad/far', 2, /path is too long/],
  ['bad/gone', 2, /not connected any more/],
  ['bad/gone/mkosi.conf.d/a.conf', 2, /not connected any more/],
  ['bad/silent', 2, /does not answer/],
  ['bad/silent/mount', 2, /does not answer/],
  ['bad/silent/mkosi.conf.d/a.conf', 2, /does not answer/],
];

await scenario('checker', {}, async () => {
  /** Of the good files, by the rule. */
  const good = [
    ['good/.local/state/machines/stranger.nspawn', 'untrusted'],
    ['good/mkosi.conf', 'bad-value'],
    ['good/web.nspawn', 'bad-value'],
  ];
  await step('check all of it, and say what is wrong in the good files', async () => {
    const seen = await run('check', '.');
    assert.equal(seen.status, 2, seen.stderr);
    for (const [file, rule] of good)
      assert.match(seen.stdout, new RegExp(`^${RegExp.escape?.(file) ?? file.replaceAll('.', '\\.')}:.*\\[${rule}\\]$`, 'm'));
    assert.match(seen.stderr, /bytes-\\xff\\xfe\.nspawn: The name is not valid UTF-8/);
    assert.ok(seen.stderr.split('\n').length < 30, 'what cannot be read is counted in the end');
    assert.ok(seen.peak < 300, `${seen.peak} MiB`);
    decent(seen);
    unharmed();
  });
  await step('read what it says in JSON and SARIF', async () => {
    const { files } = JSON.parse((await run('check', '--format', 'json', '.')).stdout);
    for (const [file, rule] of good)
      assert.ok(
        files.find((f) => f.path === file).diagnostics.some((d) => d.code === rule),
        file,
      );
    const { runs } = JSON.parse((await run('check', '--format', 'sarif', '.')).stdout);
    assert.ok(runs[0].results.length > 3);
  });
  await step('format and migrate it, as far as one looks', async () => {
    const seen = await run('format', '--check', '.');
    assert.equal(seen.status, 2, seen.stderr);
    decent(seen);
    // migrate takes one project at a time, and refuses so many files at once.
    for (const [project, status, says] of migrated.filter(([name]) => made(name))) {
      const seen = await run('migrate', project);
      assert.equal(seen.status, status, `${project}: ${seen.stderr}`);
      assert.match(seen.stderr, says);
      assert.ok(seen.peak < 300, `${seen.peak} MiB`);
      decent(seen);
    }
    unharmed();
  });
});

/** A language server over stdio. */
class Server {
  shown = new Map();
  waiting = [];

  constructor() {
    const { createProtocolConnection, StreamMessageReader, StreamMessageWriter } = createRequire(import.meta.url)(
      'vscode-languageserver/node',
    );
    this.child = spawn('node', [cli, '--stdio'], {
      cwd: hostile.folder,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TOKEN: secret },
    });
    this.ended = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => resolve(code ?? signal));
    });
    this.connection = createProtocolConnection(new StreamMessageReader(this.child.stdout), new StreamMessageWriter(this.child.stdin));
    this.connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => {
      this.shown.set(uri, diagnostics);
      for (const wake of this.waiting.splice(0)) wake();
    });
    this.connection.onRequest('workspace/configuration', () => [{}]);
    this.connection.onRequest('client/registerCapability', () => null);
    this.connection.listen();
  }

  async start() {
    const capabilities = {
      workspace: { configuration: true, workspaceFolders: true, didChangeWatchedFiles: { dynamicRegistration: true } },
    };
    await this.connection.sendRequest('initialize', {
      processId: null,
      rootUri: null,
      capabilities,
      workspaceFolders: [{ uri: uri(''), name: 'hostile' }],
    });
    await this.connection.sendNotification('initialized', {});
  }

  open(name, text) {
    const languageId = name.endsWith('.nspawn') ? 'nspawn' : 'mkosi';
    return this.connection.sendNotification('textDocument/didOpen', { textDocument: { uri: uri(name), languageId, version: 1, text } });
  }

  /** Waits for the findings in a file with a timeout: a blocked server would never send any. */
  async findings(name, rule) {
    const end = Date.now() + 120_000;
    while (!(this.shown.get(uri(name)) ?? []).some((d) => d.code === rule)) {
      assert.ok(Date.now() < end, `nothing is said of ${name}`);
      await Promise.race([
        new Promise((wake) => {
          this.waiting.push(wake);
        }),
        new Promise((wake) => {
          setTimeout(wake, 1_000).unref();
        }),
      ]);
    }
  }
}

const uri = (name) => pathToFileURL(at(name)).href;
/** A file of the workspace that an editor can open. */
const textOf = (name) => readFileSync(at(name), 'utf8');
const openable = [
  'bad/lines.nspawn',
  'bad/list.nspawn',
  'bad/blanks.nspawn',
  'bad/list/mkosi.conf',
  'bad/pattern/mkosi.conf.d/a.conf',
  'bad/globs/mkosi.conf',
  'bad/loops/mkosi.conf',
  'bad/everything/mkosi.conf',
  'bad/circle/mkosi.conf',
  'bad/many/mkosi.conf',
  'bad/secrets/mkosi.conf',
  'bad/scripts/mkosi.conf',
  'bad/fifos/mkosi.conf',
  'bad/dropin-zero/mkosi.conf',
  'bad/include-zero/mkosi.conf',
  'bad/include-random/mkosi.conf',
  'bad/include-memory/mkosi.conf',
  'bad/include-fifo/mkosi.conf',
  'bad/sparse/mkosi.conf',
  'bad/gone/mkosi.conf',
  'bad/silent/mkosi.conf',
  'bad/certificate/mkosi.conf',
  'bad/value/mkosi.conf',
  'bad/closed/mkosi.conf',
  'bad/below/mkosi.images/web/mkosi.conf',
];
const questions = [
  ['completion', { position: { line: 1, character: 8 } }],
  ['hover', { position: { line: 1, character: 3 } }],
  ['documentSymbol', {}],
  ['foldingRange', {}],
  ['semanticTokens/full', {}],
  ['documentLink', {}],
  ['formatting', { options: { tabSize: 2, insertSpaces: true } }],
  ['signatureHelp', { position: { line: 1, character: 8 } }],
  ['definition', { position: { line: 1, character: 10 } }],
  ['references', { position: { line: 1, character: 10 }, context: { includeDeclaration: true } }],
  ['codeAction', { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 20 } }, context: { diagnostics: [] } }],
  ['inlayHint', { range: { start: { line: 0, character: 0 }, end: { line: 50, character: 0 } } }],
];

let server;
await scenario(
  'server',
  {},
  async () => {
    server = new Server();
    await step('answer for good files while everything around them is opened', async () => {
      await server.start();
      let began = Date.now();
      await server.open('good/web.nspawn', textOf('good/web.nspawn'));
      await server.open('good/mkosi.conf', textOf('good/mkosi.conf'));
      await server.findings('good/web.nspawn', 'bad-value');
      await server.findings('good/mkosi.conf', 'bad-value');
      console.log(`  first answers for good files after ${Date.now() - began} ms`);
      for (const name of openable) await server.open(name, textOf(name));
      began = Date.now();
      for (const name of ['good/.local/state/machines/stranger.nspawn', 'good/second.nspawn'])
        await server.open(name, '[Exec]\nBoot=perhaps\n[Files]\nBind=/srv/data\n');
      await server.findings('good/second.nspawn', 'bad-value');
      console.log(`  and for one that is opened behind ${openable.length} bad ones after ${Date.now() - began} ms`);
    });
    await step('be told of every file that came, changed and went', async () => {
      const changes = [];
      const visit = (folder) => {
        for (const entry of readdirSync(at(folder), { withFileTypes: true })) {
          const name = `${folder}/${entry.name}`;
          if (changes.length > 20_000) return;
          changes.push({ uri: uri(name), type: 1 + (changes.length % 3) });
          if (entry.isDirectory() && !/^bad\/(gone|silent)$/.test(folder) && name.length < 1000) visit(name);
        }
      };
      visit('bad');
      for (const name of ['bad/parent/mkosi.conf', 'bad/zero.nspawn', 'bad/fifo.nspawn', 'bad/silent/mount/mkosi.conf'])
        changes.push({ uri: uri(name), type: 2 });
      await server.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
      await server.open('good/third.nspawn', '[Exec]\nBoot=perhaps\n');
      await server.findings('good/third.nspawn', 'bad-value');
    });
    await step('answer every question, about good files and bad ones', async () => {
      for (const name of ['good/web.nspawn', 'good/mkosi.conf', ...openable]) {
        for (const [method, params] of questions)
          await server.connection.sendRequest(`textDocument/${method}`, { textDocument: { uri: uri(name) }, ...params });
      }
    });
    await step('have used little memory, told nothing, executed nothing, and end when told to', async () => {
      const peak = peakOf(server.child.pid);
      console.log(`  the server held ${Math.round(peak)} MiB at most`);
      assert.ok(peak < 300, `${peak} MiB`);
      assert.equal(JSON.stringify([...server.shown]).includes(secret), false, 'a secret is told');
      unharmed();
      await server.connection.sendRequest('shutdown');
      await server.connection.sendNotification('exit');
      assert.equal(await server.ended, 0);
    });
  },
  async () => {
    server?.connection.dispose();
    server?.child.kill('SIGKILL');
    await server?.ended;
  },
);

if (only === undefined || only === 'untrusted' || only === 'trusted') {
  await installVSCode();
  const { openBrowser, startVSCode } = await import('../rig/vscode/vscode.mjs');
  const { Workbench } = await import('../rig/vscode/workbench.mjs');
  for (const trust of [false, true]) {
    let vscode,
      browser,
      peak = 0;
    /** Language servers that came from this VS Code. */
    const servers = () =>
      readdirSync('/proc')
        .filter((pid) => /^\d+$/.test(pid))
        .filter((pid) => {
          try {
            return (
              readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('server/dist/cli.js') &&
              readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(vscode.profile)
            );
          } catch {
            return false; // it has just ended
          }
        });
    const underlined = (text) =>
      workbench.until(`${text} underlined`, async () => (await workbench.squiggles()).some((s) => s.text === text));
    await scenario(
      trust ? 'trusted' : 'untrusted',
      { editor: true },
      async () => {
        // VS Code itself follows links when it looks for files, even a link to /.
        const settings = { 'search.followSymlinks': false };
        vscode = await startVSCode({ workspace: hostile.folder, vsix: [vsixPath()], trust, settings, env: { TOKEN: secret } });
        browser = await openBrowser();
        workbench = new Workbench(browser.page, { shots, timeoutMs: 60_000 });
        await workbench.open(vscode.url);
        await step('see what is wrong in good files', async () => {
          await workbench.openFile('good/web.nspawn');
          // A workspace that is trusted may choose the severity of rules, also "off".
          await (trust ? workbench.until('a server', () => servers().length === 1) : underlined('perhaps'));
          await workbench.openFile('good/mkosi.conf');
          if (!trust) await underlined('nonsense');
        });
        if (!trust) {
          await step('see that a file is not trusted, whatever the workspace says of the rule', async () => {
            await workbench.openFile('good/.local/state/machines/stranger.nspawn');
            await underlined('Bind=/srv/data');
          });
        }
        await step('open what is bad, and have everything answer as before', async () => {
          for (const name of [
            'bad/list/mkosi.conf',
            'bad/loops/mkosi.conf',
            'bad/everything/mkosi.conf',
            'bad/fifos/mkosi.conf',
            'bad/secrets/mkosi.conf',
            'bad/scripts/mkosi.conf',
          ]) {
            await workbench.openFile(name);
          }
          await workbench.openFile('good/web.nspawn');
          peak = peakOf(servers()[0]);
          await workbench.press('Control+End');
          await workbench.typeText(trust ? '[Netw' : '\nEphemer');
          await workbench.acceptSuggestion(trust ? '[Network]' : 'Ephemeral');
          await workbench.press('Escape');
          await workbench.runCommand('nspawn: Restart Language Server');
          await workbench.until('the server again', () => servers().length === 1);
        });
        await step('find that nothing was executed and little memory is held', async () => {
          const [pid] = await workbench.until('a server', () => servers().length === 1 && servers());
          peak = Math.max(peak, peakOf(pid));
          console.log(`  ${trust ? 'trusted' : 'not trusted'}: the server holds ${Math.round(peak)} MiB`);
          assert.ok(peak < 300, `${peak} MiB`);
          unharmed();
        });
      },
      async (well) => {
        await browser?.close();
        await vscode?.stop();
        if (!well) vscode?.saveLogs(shots);
        browser = vscode = workbench = undefined;
      },
    );
  }
}
finish(counts);
