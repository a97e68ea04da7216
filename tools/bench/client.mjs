// A client of language servers that only measures them.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';

/** Milliseconds that a server may take for anything. */
const patience = 30_000;

export class Client {
  #child;
  #waiting = new Map();
  #listeners = new Set();
  #id = 0;
  #version = 0;
  #incremental = true;

  /** @param {readonly string[]} argv @param {string} cwd */
  constructor([program = '', ...args], cwd) {
    this.started = performance.now();
    this.#child = spawn(program, args, { cwd, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child.on('error', (error) => this.#fail(error));
    this.#child.on('exit', (code) => this.#fail(new Error(`exit status ${code}`)));
    let rest = Buffer.alloc(0);
    this.#child.stdout.on('data', (piece) => {
      rest = Buffer.concat([rest, piece]);
      for (;;) {
        const head = rest.indexOf('\r\n\r\n');
        if (head < 0) return;
        const length = Number(/content-length: *(\d+)/i.exec(rest.toString('latin1', 0, head))?.[1]);
        if (rest.length < head + 4 + length) return;
        const message = JSON.parse(rest.toString('utf8', head + 4, head + 4 + length));
        rest = rest.subarray(head + 4 + length);
        this.#take(message);
      }
    });
  }

  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }

  #send(message) {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  #take(message) {
    if (message.method !== undefined && message.id !== undefined) {
      // The server asks; this client has no settings.
      const result = message.method === 'workspace/configuration' ? message.params.items.map(() => null) : null;
      this.#send({ id: message.id, result });
    } else if (message.method !== undefined) {
      for (const listener of this.#listeners) listener(message);
    } else {
      const asked = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.error === undefined) asked?.resolve(message.result);
      else asked?.reject(new Error(message.error.message));
    }
  }

  /** @param {string} method @param {unknown} params @returns {Promise<any>} */
  request(method, params) {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${method}: no answer`)), patience);
      const end = (settle) => (value) => {
        clearTimeout(timer);
        settle(value);
      };
      this.#waiting.set(id, { resolve: end(resolve), reject: end(reject) });
      this.#send({ id, method, params });
    });
  }

  notify(method, params) {
    this.#send({ method, params });
  }

  /** @param {string} folder @param {unknown} options @returns {Promise<number>} milliseconds since the start of the process */
  async initialize(folder, options) {
    const uri = `file://${folder}`;
    const { capabilities } = await this.request('initialize', {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: 'bench' }],
      initializationOptions: options,
      capabilities: {
        textDocument: {
          completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
          hover: { contentFormat: ['markdown'] },
          publishDiagnostics: { relatedInformation: true },
        },
        workspace: { configuration: true, workspaceFolders: true },
      },
    });
    const took = performance.now() - this.started,
      sync = capabilities.textDocumentSync;
    this.#incremental = (typeof sync === 'number' ? sync : sync?.change) === 2;
    this.notify('initialized', {});
    return took;
  }

  /**
   * Does something and waits for diagnostics.
   * @param {() => void} work @param {(params: { uri: string }) => boolean} wanted whether these are the last ones that are waited for
   * @returns {Promise<number | undefined>} milliseconds; undefined: they did not come
   */
  diagnosed(work, wanted, wait) {
    const began = performance.now();
    return new Promise((resolve) => {
      const done = (took) => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve(took);
      };
      const timer = setTimeout(() => done(undefined), wait);
      const listener = ({ method, params }) => {
        if (method === 'textDocument/publishDiagnostics' && wanted(params)) done(performance.now() - began);
      };
      this.#listeners.add(listener);
      work();
    });
  }

  /** Opens a document. @returns {Promise<number | undefined>} milliseconds until its first diagnostics; undefined: none came */
  open(uri, languageId, text, wait) {
    const opened = () => this.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: ++this.#version, text } });
    return this.diagnosed(opened, (params) => params.uri === uri, wait);
  }

  /** Changes a document, as much of it as the server asked for. @param {() => string} whole the new text */
  change(uri, range, text, whole) {
    const change = this.#incremental ? { range, text } : { text: whole() };
    this.notify('textDocument/didChange', { textDocument: { uri, version: ++this.#version }, contentChanges: [change] });
  }

  /** Resident memory in MiB. */
  memory() {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]) / 1024;
  }

  async stop() {
    const gone = new Promise((resolve) => {
      this.#child.once('exit', resolve);
    });
    await this.request('shutdown', null).catch(() => {});
    this.notify('exit');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 2000);
    await gone;
    clearTimeout(timer);
  }
}
