import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import {
  CancellationTokenSource,
  ErrorCodes,
  FileChangeType,
  type LogMessageParams,
  MessageType,
  type Position,
  type Range,
  ResponseError,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { edits, placed, samplesOf } from '../../server/src/features/testing/documents';
import { Editor } from '../../server/src/lsp/testing/editor';

/** The files of a session, below a folder of its own. */
const names = [
  'mkosi.conf',
  'mkosi.local.conf',
  'mkosi.conf.d/10-a.conf',
  'mkosi.conf.d/20-b/mkosi.conf',
  'mkosi.profiles/p.conf',
  'mkosi.images/i/mkosi.conf',
  'mkosi.default',
  'web.nspawn',
  'db.nspawn',
] as const;
const isNspawn = (name: string): boolean => name.endsWith('.nspawn');

const nspawnTexts = samplesOf('nspawn').map(({ text }) => text),
  mkosiTexts = samplesOf('mkosi').map(({ text }) => text);
const file = fc.constantFrom(...names);
const fileAndText = file.chain((name) => (isNspawn(name) ? nspawnTexts : mkosiTexts).map((text) => ({ name, text })));

/** A position, valid or invalid. */
const numbers = (...strange: number[]): fc.Arbitrary<number> =>
  fc.oneof({ weight: 6, arbitrary: fc.nat(20) }, { weight: 1, arbitrary: fc.constantFrom(...strange) });
const positions = (number: fc.Arbitrary<number>): fc.Arbitrary<Position> => fc.record({ line: number, character: number });
const whole = positions(numbers(-1, 2 ** 31 - 1, 2 ** 31, 1e300, -(2 ** 40))),
  position = fc.oneof(whole, positions(numbers(0.5)));
const range: fc.Arbitrary<Range> = fc.record({ start: position, end: position });
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    [],
    {},
    0,
    '',
    'x'.repeat(5000),
    { textDocument: null },
    { textDocument: { uri: 7 } },
    { textDocument: { uri: 'a:%00' } },
  ),
  fc.jsonValue(),
);

const options = { tabSize: 4, insertSpaces: true };
/** Requests, by what they need besides the document. */
const requests = fc
  .oneof(
    fc.tuple(fc.constantFrom('documentSymbol', 'documentLink', 'foldingRange', 'semanticTokens/full'), fc.constant({})),
    fc.tuple(fc.constant('formatting'), fc.constant({ options })),
    fc.tuple(
      fc.constantFrom('completion', 'hover', 'signatureHelp', 'documentHighlight', 'definition', 'prepareRename'),
      fc.record({ position }),
    ),
    fc.tuple(fc.constant('references'), fc.record({ position, context: fc.constant({ includeDeclaration: true }) })),
    fc.tuple(
      fc.constant('rename'),
      fc.record({ position, newName: fc.constantFrom('x', '', '../x', '\0', 'a b', '\u202e', 'x'.repeat(300)) }),
    ),
    fc.tuple(fc.constant('onTypeFormatting'), fc.record({ position, ch: fc.constant('\n'), options: fc.constant(options) })),
    fc.tuple(fc.constantFrom('inlayHint', 'semanticTokens/range'), fc.record({ range })),
    fc.tuple(fc.constant('rangeFormatting'), fc.record({ range, options: fc.constant(options) })),
    fc.tuple(
      fc.constant('codeAction'),
      fc.record({
        range,
        context: fc.constantFrom<object>(
          { diagnostics: [] },
          { diagnostics: [], only: ['source.fixAll'] },
          { diagnostics: [], only: ['', 'quickfix.x'] },
        ),
      }),
    ),
    fc.tuple(fc.constant('selectionRange'), fc.record({ positions: fc.array(position, { maxLength: 3 }) })),
    fc.tuple(fc.constant('semanticTokens/full/delta'), fc.record({ previousResultId: fc.constantFrom('', '1', '2', '7') })),
  )
  .map(([feature, params]) => ({ method: `textDocument/${feature}`, params }));
const methods = [
  'textDocument/hover',
  'textDocument/completion',
  'completionItem/resolve',
  'textDocument/codeAction',
  'textDocument/rename',
  'textDocument/semanticTokens/full/delta',
  'textDocument/selectionRange',
  'workspace/symbol',
  'workspace/executeCommand',
  'nspawn/target',
  'nspawn/releases',
  'textDocument/nonsense',
  'initialize',
];

const releases = fc.constantFrom<unknown>(undefined, 'auto', 252, '257', 12, 14, 20, '25.3', 99, 'x', null, -1);
const step = fc.oneof(
  { weight: 4, arbitrary: fileAndText.map((f) => ({ does: 'open' as const, ...f })) },
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant('edit' as const), name: file, changes: fc.array(edits, { minLength: 1, maxLength: 3 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('put' as const),
      name: file,
      range: fc.record({ start: whole, end: whole }),
      text: fc.constantFrom('', 'x', '\n[', '=\\\n'),
    }),
  },
  { weight: 1, arbitrary: fileAndText.map((f) => ({ does: 'replace' as const, ...f })) },
  { weight: 1, arbitrary: file.map((name) => ({ does: 'close' as const, name })) },
  { weight: 1, arbitrary: fileAndText.map((f) => ({ does: 'write' as const, ...f })) },
  { weight: 1, arbitrary: file.map((name) => ({ does: 'remove' as const, name })) },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('watched' as const),
      uri: fc.constantFrom('file:///', 'file:///dev/zero', 'a:%00', '', 'file:///proc/self/mkosi.conf', 'untitled:x'),
      type: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      does: fc.constant('configure' as const),
      settings: fc.record({
        systemdVersion: releases,
        mkosiVersion: releases,
        rules: fc.constantFrom<unknown>({}, null, { 'bad-value': 'off' }, { nonsense: 1 }),
      }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('host' as const), host: fc.record({ systemd: releases, mkosi: releases }) }) },
  { weight: 8, arbitrary: fc.record({ does: fc.constant('ask' as const), name: file, request: requests, cancelled: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('askOddly' as const), method: fc.constantFrom(...methods), params: odd }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
const sessions = fc.array(step, { minLength: 3, maxLength: 40 });

/** What an editor does in the session of a seed. */
export const stepsOf = (seed: number): readonly Step[] => fc.sample(sessions, { seed, numRuns: 1 }).flat();

/** Milliseconds after which "late" counts as "never". */
const never = 60_000;

/** A server that runs as a process of its own, and what it was sent. */
export class Attacked {
  readonly editor: Editor;
  /** What it has logged that it should not. */
  readonly complaints: string[] = [];
  host: object = {};
  private readonly child: ChildProcess;
  /** Rejected when it ends. */
  readonly alive: Promise<never>;

  constructor(program: string) {
    const child = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.complaints.push(text);
    });
    this.alive = new Promise((_, reject) => {
      child.on('exit', (status, signal) => {
        reject(new Error(`The server has ended with ${status ?? signal}: ${this.complaints.join('')}`));
      });
    });
    this.alive.catch(() => undefined);
    child.stdin.on('error', () => undefined);
    this.editor = new Editor({ from: child.stdout, to: child.stdin });
    this.editor.connection.onNotification('window/logMessage', ({ type, message }: LogMessageParams) => {
      if (type === MessageType.Error) this.complaints.push(message);
    });
    this.editor.connection.onError(() => undefined);
  }

  end(): void {
    this.editor.connection.dispose();
    this.child.kill('SIGKILL');
  }
}

/** Waits, but not for ever. @param what completes "The server has not …" */
async function within<T>(work: Promise<T>, server: Attacked, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`The server has not ${what()}`));
    }, never);
  });
  try {
    return await Promise.race([work, server.alive, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Acts one session, and holds the server to its answers: all of them come, and what it shows is what a new server shows. */
export class Session {
  private readonly texts = new Map<string, TextDocument>();
  private readonly asked: Promise<void>[] = [];
  private readonly unanswered = new Set<string>();

  /** @param folder of its own, made here and removed in the end */
  constructor(
    private readonly server: Attacked,
    private readonly folder: string,
  ) {}

  private uri(name: string): string {
    return pathToFileURL(path.join(this.folder, name)).href;
  }

  async act(steps: readonly Step[]): Promise<void> {
    mkdirSync(path.join(this.folder, '.git'), { recursive: true });
    try {
      for (const each of steps) await within(this.do(each), this.server, () => `taken ${JSON.stringify(each)}`);
      await within(Promise.all(this.asked), this.server, () => `answered ${[...this.unanswered].join(', ')}`);
      await this.compare();
      assert.deepEqual(this.server.complaints, []);
      for (const name of this.texts.keys())
        await this.server.editor.tell('textDocument/didClose', { textDocument: { uri: this.uri(name) } });
    } finally {
      rmSync(this.folder, { recursive: true });
    }
  }

  private async do(each: Step): Promise<void> {
    const { editor } = this.server;
    switch (each.does) {
      case 'open': {
        const languageId = isNspawn(each.name) ? 'nspawn' : 'mkosi',
          version = this.texts.get(each.name)?.version ?? 1;
        if (this.texts.has(each.name)) return;
        this.texts.set(each.name, TextDocument.create(this.uri(each.name), languageId, version, each.text));
        return editor.open(this.uri(each.name), each.text, languageId);
      }
      case 'edit': {
        let text = this.texts.get(each.name);
        for (const change of each.changes) {
          if (text === undefined) break;
          const { start, end } = placed(change, text.getText().length);
          await this.change(each.name, { range: { start: text.positionAt(start), end: text.positionAt(end) }, text: change.put });
          text = this.texts.get(each.name);
        }
        return;
      }
      case 'put':
        return this.change(each.name, { range: each.range, text: each.text });
      case 'replace':
        return this.change(each.name, { text: each.text });
      case 'close':
        this.texts.delete(each.name);
        return editor.tell('textDocument/didClose', { textDocument: { uri: this.uri(each.name) } });
      case 'write':
        return this.write(each.name, each.text);
      case 'remove':
        rmSync(path.join(this.folder, each.name), { force: true });
        return this.watched(this.uri(each.name), FileChangeType.Deleted);
      case 'watched':
        return this.watched(each.uri, each.type);
      case 'configure':
        editor.settings = each.settings;
        return editor.tell('workspace/didChangeConfiguration', { settings: { nspawn: each.settings } });
      case 'host':
        this.server.host = each.host;
        return editor.tell('nspawn/host', each.host);
      case 'ask':
        return this.ask(each.request.method, { textDocument: { uri: this.uri(each.name) }, ...each.request.params }, each.cancelled);
      case 'askOddly':
        return this.askOddly(each.method, each.params);
    }
  }

  private async change(name: string, change: { range?: Range; text: string }): Promise<void> {
    const text = this.texts.get(name);
    if (text === undefined) return;
    const version = text.version + 1,
      old = text.getText(),
      { range } = change;
    const [from = 0, to = 0] =
      range === undefined ? [0, old.length] : [text.offsetAt(range.start), text.offsetAt(range.end)].sort((a, b) => a - b);
    this.texts.set(name, TextDocument.create(text.uri, text.languageId, version, old.slice(0, from) + change.text + old.slice(to)));
    await this.server.editor.tell('textDocument/didChange', { textDocument: { uri: this.uri(name), version }, contentChanges: [change] });
  }

  private async write(name: string, text: string): Promise<void> {
    const at = path.join(this.folder, name);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, text);
    await this.watched(this.uri(name), FileChangeType.Created);
  }

  private watched(uri: string, type: number): Promise<void> {
    return this.server.editor.tell('workspace/didChangeWatchedFiles', { changes: [{ uri, type }] });
  }

  /** An answer to what a client may ask is a result, or an expected error. */
  private ask(method: string, params: object, cancelled: boolean): Promise<void> {
    const source = new CancellationTokenSource();
    this.wait(
      `${method} ${JSON.stringify(params)}`,
      this.server.editor.connection.sendRequest(method, params, source.token).catch((error: unknown) => {
        if (!(error instanceof ResponseError) || error.code === ErrorCodes.InternalError) throw error;
      }),
    );
    if (cancelled) source.cancel();
    return Promise.resolve();
  }

  /** For invalid requests any answer is accepted. */
  private askOddly(method: string, params: unknown): Promise<void> {
    this.wait(
      method,
      this.server.editor.ask(method, params).catch((error: unknown) => {
        if (!(error instanceof ResponseError)) throw error;
      }),
    );
    return Promise.resolve();
  }

  private wait(what: string, answer: Promise<unknown>): void {
    this.unanswered.add(what);
    const settled = answer.then(() => {
      this.unanswered.delete(what);
    });
    settled.catch(() => undefined);
    this.asked.push(settled);
  }

  /** In the end, open documents are shown as by a server that knows only their last texts. */
  private async compare(): Promise<void> {
    const fresh = new Editor(),
      { editor } = this.server;
    fresh.settings = editor.settings;
    const alike = (name: string): boolean => {
      const uri = this.uri(name),
        shown = fresh.shown.get(uri);
      return (
        shown !== undefined && editor.versions.get(uri) === this.texts.get(name)?.version && isDeepStrictEqual(editor.shown.get(uri), shown)
      );
    };
    const different = (): string | undefined => [...this.texts.keys()].find((name) => !alike(name));
    const settle = async (): Promise<void> => {
      while (different() !== undefined) await Promise.race([fresh.news(), editor.news()]);
    };
    try {
      await fresh.start(this.folder, { host: this.server.host });
      for (const [name, text] of this.texts) await fresh.open(this.uri(name), text.getText(), text.languageId);
      await within(settle(), this.server, () => {
        const name = different() ?? '',
          [old, now] = [editor, fresh].map((each) => JSON.stringify(each.shown.get(this.uri(name))));
        return `shown of ${name} what a new server shows: ${JSON.stringify(this.texts.get(name)?.getText())}\nIt shows ${old}\nA new one ${now}`;
      });
      await fresh.ask('shutdown');
    } finally {
      fresh.connection.dispose();
    }
  }
}
