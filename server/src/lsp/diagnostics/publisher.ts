import type { Diagnostic, PublishDiagnosticsParams } from 'vscode-languageserver/node';
import type { Document } from '../../schema';

/** What a publisher needs of the server. */
export interface PublisherOptions {
  /** The document as it is open in the editor. */
  readonly opened: (uri: string) => Document | undefined;
  readonly send: (diagnostics: PublishDiagnosticsParams) => Promise<void>;
  /** Observes work that may fail. */
  readonly report: (work: Promise<unknown>) => void;
}

/** Sends diagnostics to the editor that it does not have yet, and takes back those of files that nothing is open of any more. */
export class DiagnosticsPublisher {
  /** By URI, what was sent last. */
  private readonly sent = new Map<string, string>();
  /** By root of a project, its files that have diagnostics without being open. */
  private readonly unopened = new Map<string, Set<string>>();

  constructor(private readonly options: PublisherOptions) {}

  /** How many entries are held: none when nothing is open. */
  get size(): number {
    return this.sent.size + this.unopened.size;
  }

  /** Sends what the editor does not have yet. A new version of an open text is always sent. */
  async publish(uri: string, document: Document, diagnostics: Diagnostic[]): Promise<void> {
    const isOpen = this.options.opened(uri) === document,
      version = isOpen ? document.text.version : undefined,
      content = JSON.stringify([version, diagnostics]);
    if (this.sent.get(uri) === content || (!isOpen && diagnostics.length === 0 && !this.sent.has(uri))) return;
    this.sent.set(uri, content);
    await this.options.send({ uri, diagnostics, ...(version === undefined ? {} : { version }) });
  }

  /** A document was closed: an editor that keeps diagnostics of closed documents drops them. */
  closed(uri: string): void {
    this.sent.delete(uri);
    this.clear(uri);
  }

  /** A file that is not open has diagnostics as part of a project. */
  addUnopened(root: string, uri: string): void {
    const uris = this.unopened.get(root);
    if (uris === undefined) this.unopened.set(root, new Set([uri]));
    else uris.add(uri);
  }

  /**
   * Takes back the diagnostics of all other files of a project that are not open, unless another project has some for them.
   * @returns the URIs of the files that have none now
   */
  keepUnopened(root: string, uris: ReadonlySet<string>): string[] {
    const before = this.unopened.get(root) ?? new Set();
    if (uris.size > 0) this.unopened.set(root, new Set(uris));
    else this.unopened.delete(root);
    const gone = [...before].filter((uri) => !this.isInUse(uri));
    for (const uri of gone) if (this.sent.delete(uri)) this.clear(uri);
    return gone;
  }

  private isInUse(uri: string): boolean {
    return this.options.opened(uri) !== undefined || [...this.unopened.values()].some((uris) => uris.has(uri));
  }

  private clear(uri: string): void {
    this.options.report(this.options.send({ uri, diagnostics: [] }));
  }
}
